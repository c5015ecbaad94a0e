from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import torch

from netdef.layers.functions.calls import noted
from netdef.layers.functions.lent import lent
from netdef.repetition.operator_tape import OperatorTape


def test_memory_is_lent_again_and_grows() -> None:
    first, second = lent(5), lent(3)
    assert first.shape == (5,)
    assert first.dtype == torch.float32
    assert second.data_ptr() == first.data_ptr()
    assert lent(1 << 20).shape == (1 << 20,)


def test_each_thread_has_its_own() -> None:
    own = lent(5).fill_(1)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: lent(5).fill_(2)).result()
    assert own.eq(1).all()


def test_what_is_to_be_done_again_keeps_its_memory() -> None:
    own = lent(5).fill_(1)
    with noted(OperatorTape()):
        assert lent(5).data_ptr() != lent(5).data_ptr()
        lent(5).fill_(2)
    assert own.eq(1).all()
