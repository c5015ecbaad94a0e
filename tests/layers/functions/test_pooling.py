from __future__ import annotations

from itertools import product

import pytest
import torch

from netdef.layers.functions import pooling
from netdef.layers.pooling_windows import PoolingWindows
from tests.layers.contract import numbers


@pytest.mark.parametrize("kernel", [(2, 3), (3, 3)])
def test_odd_windows_are_pooled_as_usual_ones(kernel: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    x, windows = numbers(2, 3, 7, 8), PoolingWindows(kernel, (2, 2), (1, 1))
    usual = (*pooling.largest_with_places(x, windows), pooling.largest(x, windows), pooling.average(x, windows))
    monkeypatch.setattr(PoolingWindows, "usual", lambda *_: False)
    filled = (*pooling.largest_with_places(x, windows), pooling.largest(x, windows), pooling.average(x, windows))
    for one, two in zip(usual, filled, strict=True):
        torch.testing.assert_close(one, two)


def test_the_layout_stays() -> None:
    x = numbers(2, 3, 7, 8).contiguous(memory_format=torch.channels_last)
    windows = PoolingWindows((3, 3), (2, 2))
    for y in (pooling.largest(x, windows), pooling.average(x, windows)):
        assert y.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("ceil", [True, False])
def test_there_are_as_many_windows_as_the_rule_says(ceil: bool) -> None:
    for kernel, stride, pad, length in product(range(1, 5), range(1, 6), range(4), range(1, 10)):
        windows = PoolingWindows((kernel, 1), (stride, 1), (pad, 0), ceil)
        if pad < kernel <= length + 2 * pad:
            x = numbers(1, 1, length, 2)
            for y in (pooling.largest(x, windows), pooling.average(x, windows)):
                assert y.shape[2:] == windows.pooled((length, 2)), (windows, length)
