from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from netdef.data.one_thread import one_thread


@pytest.fixture
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("three_threads")
def test_torch_has_one_thread_for_a_while() -> None:
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 3


@pytest.mark.usefixtures("three_threads")
def test_all_threads_are_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), one_thread():
        _ = 1 // 0
    assert torch.get_num_threads() == 3
