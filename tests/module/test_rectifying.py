from __future__ import annotations

import pytest
import torch

from netdef.layers.pooling import Pooling
from netdef.module.rectifying import rectified, rectified_maxima
from tests.layers.contract import make
from tests.nets import numbers


@pytest.mark.parametrize("slope", [0.0, 0.1, -1.0])
def test_numbers_are_rectified_in_their_own_memory_but_not_in_that_of_others(slope: float) -> None:
    y, wanted = numbers(2, 3, 4, 5), torch.where(numbers(2, 3, 4, 5) > 0, 1.0, slope) * numbers(2, 3, 4, 5)
    other = numbers(3, 3, 4, 5)
    assert torch.equal(rectified(other[:2], slope), torch.where(other[:2] > 0, 1.0, slope) * other[:2])
    assert torch.equal(other, numbers(3, 3, 4, 5))
    assert rectified(y, slope).data_ptr() == y.data_ptr()
    assert torch.equal(y, wanted)


@pytest.mark.parametrize(
    ("options", "slope", "first"),
    [
        ("kernel_size: 3 stride: 2", 0.0, True),
        ("global_pooling: true", 0.0, True),
        ("kernel_size: 3 stride: 2", -1.0, False),  # what is far below zero becomes the maximum
        ("kernel_size: 1 stride: 4 round_mode: CEIL", 0.0, False),  # the last window is empty
    ],
)
def test_maxima_come_first_where_it_makes_no_difference(options: str, slope: float, first: bool) -> None:
    pooling = make("Pooling", f"pooling_param {{ {options} }}")
    assert isinstance(pooling, Pooling)
    y = numbers(2, 3, 6, 7)
    wanted = pooling.maxima(torch.where(y > 0, 1.0, slope) * y)
    before = y.clone()
    assert torch.equal(rectified_maxima(pooling, y, slope), wanted)
    assert torch.equal(y, before) == first
