from __future__ import annotations

import gc

import pytest
import torch
from torch import Tensor, nn

from netdef.layers.functions import spare
from netdef.layers.functions.product import linear
from tests.compiled import needs_kernels
from tests.nets import numbers


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare, "LARGE", 1)


def test_memory_is_lent_again_when_nobody_has_it() -> None:
    weight = numbers(3, 5)
    first = spare.room_like(weight)
    assert first.shape == (3, 5)
    part, place = first[1:], first.data_ptr()
    second = spare.room_like(weight)
    assert second.data_ptr() != place
    del first, second
    assert spare.room_like(weight).data_ptr() != place, "a part of it was still held"
    del part
    assert spare.room_like(weight).data_ptr() == place


def test_each_matrix_has_its_own_and_it_goes_with_the_matrix() -> None:
    before = len(spare._spares)
    weight, other = numbers(3, 5), numbers(3, 5)
    assert spare.room_like(weight).data_ptr() != spare.room_like(other).data_ptr()
    assert len(spare._spares) == before + 2
    del weight, other
    gc.collect()
    assert len(spare._spares) == before


def test_small_ones_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare, "LARGE", 16)
    before = len(spare._spares)
    assert spare.room_like(numbers(3, 5)).shape == (3, 5)
    assert len(spare._spares) == before


@needs_kernels
def test_gradients_lie_in_the_same_memory_pass_after_pass_unless_they_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netdef.layers.functions.product.SMALLEST", 1)
    weight = nn.Parameter(numbers(4, 40))

    def gradient(seed: int) -> Tensor:
        x = numbers(3, 40, seed=seed)
        (found,) = torch.autograd.grad(linear(x, weight, None).sum(), weight)
        torch.testing.assert_close(found, x.sum(0).expand(4, 40))
        return found

    place = gradient(1).data_ptr()
    assert gradient(2).data_ptr() == place
    kept = gradient(3)
    copy = kept.clone()
    assert gradient(4).data_ptr() != place
    assert torch.equal(kept, copy)
