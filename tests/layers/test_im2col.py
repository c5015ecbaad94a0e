from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import Array, check_layer, make, numbers

Steps = list[tuple[int, int, int]]


def columns(x: Array, kernel: tuple[int, ...], steps: Steps) -> Array:
    """Gather N×C×(spatial) by loops; ``steps`` holds stride, pad and dilation of each axis."""
    windows = [
        max(0, length + 2 * pad - (dilation * (side - 1) + 1)) // stride + 1
        for length, side, (stride, pad, dilation) in zip(x.shape[2:], kernel, steps, strict=True)
    ]
    y = np.zeros((len(x), x.shape[1], *kernel, *windows))
    for n, c, *rest in np.ndindex(y.shape):
        k, p = rest[: len(kernel)], rest[len(kernel) :]
        pixel = [at * s + i * d - m for at, i, (s, m, d) in zip(p, k, steps, strict=True)]
        if all(0 <= at < length for at, length in zip(pixel, x.shape[2:], strict=True)):
            y[n, c, *k, *p] = x[n, c, *pixel]
    return y.reshape(len(x), -1, *windows)


@pytest.mark.parametrize(
    ("shape", "options", "kernel", "steps"),
    [
        ((2, 3, 5, 6), "kernel_size: 3 pad: 1 stride: 2", (3, 3), [(2, 1, 1)] * 2),
        ((1, 3, 7, 6), "kernel_h: 2 kernel_w: 3 dilation: 2", (2, 3), [(1, 0, 2)] * 2),
        ((2, 3, 8), "kernel_size: 3 stride: 2", (3,), [(2, 0, 1)]),
        ((1, 2, 3, 4, 5), "kernel_size: 2 pad: 1 pad: 0 pad: 2", (2, 2, 2), [(1, 1, 1), (1, 0, 1), (1, 2, 1)]),
        ((2, 3, 4, 1), "kernel_h: 2 kernel_w: 4 stride: 3 pad_w: 1", (2, 4), [(3, 0, 1), (3, 1, 1)]),
    ],
)
def test_windows_become_channels(shape: tuple[int, ...], options: str, kernel: tuple[int, ...], steps: Steps) -> None:
    x = numbers(*shape)
    (y,), _ = check_layer(make("Im2col", f"convolution_param {{ {options} }}"), x)
    np.testing.assert_array_equal(y, columns(x.numpy(), kernel, steps))


@pytest.mark.parametrize(("axis", "shape"), [(0, (3, 5, 6)), (2, (2, 3, 4, 5, 6))])
def test_the_channels_may_lie_elsewhere(axis: int, shape: tuple[int, ...]) -> None:
    x = numbers(*shape)
    (y,), _ = check_layer(make("Im2col", f"convolution_param {{ kernel_size: 2 axis: {axis} }}"), x)
    want = columns(x.numpy().reshape(-1, *shape[axis:]), (2, 2), [(1, 0, 1)] * 2)
    np.testing.assert_array_equal(y.reshape(want.shape), want)


def test_windows_that_do_not_fit_are_refused() -> None:
    made = make("Im2col", "convolution_param { kernel_size: 3 }")
    assert made.shapes((None, None, None, 5)) == ((None, None, None, 3),)
    with pytest.raises(ShapeError, match=r"kernel of 3 \(reach 3\) does not fit into 2"):
        made.shapes((1, 2, 2, 5))
    with pytest.raises(ShapeError, match="bottom is 1×2, must have a spatial axis behind axis 1, the channels"):
        made.shapes((1, 2))
    with pytest.raises(OptionError, match="kernel_size is given 0 times"):
        make("Im2col").shapes((1, 2, 3, 4))
