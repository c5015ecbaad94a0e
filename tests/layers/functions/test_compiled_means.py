from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from netdef.layers.functions.compiled_means import means, takes
from netdef.layers.pooling_windows import PoolingWindows
from tests.compiled import kernels, needs_kernels
from tests.nets import numbers

__all__ = ["kernels"]


@pytest.mark.parametrize(
    ("shape", "windows"),
    [
        ((2, 5, 7, 9), PoolingWindows((3, 3), (2, 2))),
        ((3, 33, 5, 7), PoolingWindows((3, 3), (1, 1), (1, 1))),
        ((2, 40, 8, 6), PoolingWindows((3, 2), (2, 3), (1, 0))),
        ((1, 17, 4, 5), PoolingWindows((2, 3), (3, 4), ceil=False)),
        ((2, 48, 6, 7), PoolingWindows((6, 7))),
    ],
)
def test_numbers_are_those_of_torch(shape: tuple[int, ...], windows: PoolingWindows, kernels: str) -> None:
    x = numbers(*shape).contiguous(memory_format=torch.channels_last)
    wanted = functional.avg_pool2d(x, windows.kernel, windows.stride, windows.pad, ceil_mode=windows.ceil)
    torch.testing.assert_close(means(x, windows), wanted)


@needs_kernels
def test_what_shall_have_gradients_is_left_to_torch() -> None:
    x = numbers(2, 5, 7, 9).contiguous(memory_format=torch.channels_last)
    assert takes(x)
    assert not takes(x.requires_grad_())
    with torch.no_grad():
        assert takes(x)
