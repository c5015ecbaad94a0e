from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError
from netdef.fillers import fill
from tests.layers.contract import Array, check_layer, make, numbers, run

Steps = list[tuple[int, int, int]]


def spread(x: Array, weight: Array, bias: Array, group: int, steps: Steps) -> Array:
    """Deconvolve N×C×(spatial) by loops; ``steps`` holds stride, pad and dilation of each axis."""
    outputs, kernel = weight.shape[1], weight.shape[2:]
    lengths = [
        stride * (length - 1) + dilation * (side - 1) + 1 - 2 * pad
        for length, side, (stride, pad, dilation) in zip(x.shape[2:], kernel, steps, strict=True)
    ]
    y = np.zeros((len(x), outputs * group, *lengths)) + bias.reshape(-1, *(1,) * len(lengths))
    for n, i, *p in np.ndindex(x.shape):
        for o, *k in np.ndindex(outputs, *kernel):
            pixel = [at * s + a * d - m for at, a, (s, m, d) in zip(p, k, steps, strict=True)]
            if all(0 <= at < length for at, length in zip(pixel, lengths, strict=True)):
                y[n, i // (x.shape[1] // group) * outputs + o, *pixel] += weight[i, o, *k] * x[n, i, *p]
    return y


@pytest.mark.parametrize(
    ("shape", "options", "group", "steps"),
    [
        ((2, 3, 4, 5), "kernel_size: 3", 1, [(1, 0, 1)] * 2),
        ((2, 4, 3, 5), "kernel_h: 3 kernel_w: 2 stride: 2 pad_h: 1 pad_w: 0 group: 2", 2, [(2, 1, 1), (2, 0, 1)]),
        ((1, 3, 5, 4), "kernel_size: 3 dilation: 2 dilation: 1 pad: 1", 1, [(1, 1, 2), (1, 1, 1)]),
        ((2, 3, 5), "kernel_size: 4 stride: 3 pad: 1", 1, [(3, 1, 1)]),
        ((1, 2, 3, 4, 5), "kernel_size: 2 stride: 2 stride: 1 stride: 2", 1, [(2, 0, 1), (1, 0, 1), (2, 0, 1)]),
        ((2, 3), "kernel_size: 2", 1, []),
    ],
)
def test_deconvolution_by_its_formula(shape: tuple[int, ...], options: str, group: int, steps: Steps) -> None:
    x = numbers(*shape)
    (y,), (weight, bias) = check_layer(make("Deconvolution", f"convolution_param {{ num_output: 6 {options} }}"), x)
    np.testing.assert_allclose(y, spread(x.numpy(), weight, bias, group, steps))


def test_axes_before_the_channels_are_items_and_several_bottoms_share_the_kernels() -> None:
    options = "convolution_param { num_output: 2 kernel_size: 2 axis: -3 }"
    made = make("Deconvolution", options, bottoms=2, tops=2)
    tops, (weight, bias) = check_layer(made, numbers(2, 1, 3, 4, 5), numbers(2, 1, 3, 4, 5, seed=1))
    for seed, top in enumerate(tops):
        items = numbers(2, 1, 3, 4, 5, seed=seed).numpy().reshape(2, 3, 4, 5)
        want = spread(items, weight, bias, 1, [(1, 0, 1)] * 2)
        np.testing.assert_allclose(top.reshape(want.shape), want)


def test_bilinear_kernels_draw_a_line_through_the_pixels() -> None:
    options = 'num_output: 1 kernel_size: 4 stride: 2 pad: 1 bias_term: false weight_filler { type: "bilinear" }'
    made = make("Deconvolution", f"convolution_param {{ {options} }}")
    (spec,) = made.parameters((1, 1, 3, 5))
    weight = torch.zeros(1, 1, 4, 4, dtype=torch.float64)
    fill(spec.filler, weight, (0,))
    ramp = torch.arange(5.0, dtype=torch.float64).expand(1, 1, 3, 5)
    (y,) = run(made, ramp, params=[weight])
    assert y.shape == (1, 1, 6, 10)
    np.testing.assert_allclose(y[0, 0, 2, 1:-1], np.arange(0.25, 4, 0.5))


def test_parameters_and_multiplications_are_told() -> None:
    made = make("Deconvolution", "convolution_param { num_output: 4 kernel_size: 3 group: 2 bias_term: false }")
    assert [spec.shape for spec in made.parameters((2, 6, 5, 5))] == [(6, 2, 3, 3)]
    assert made.macs((2, 6, 5, 7)) == (2 * 6 * 5 * 7) * (2 * 3 * 3)
    assert made.macs((None, 6, 5, 5)) is None
    assert made.shapes((None, 6, None, 5)) == ((None, 4, None, 7),)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(OptionError, match="num_output is 3, must be a multiple of group, which is 2"):
        make("Deconvolution", "convolution_param { num_output: 3 kernel_size: 1 group: 2 }")
    made = make("Deconvolution", "convolution_param { num_output: 2 kernel_size: 2 pad: 2 }", bottoms=2, tops=2)
    with pytest.raises(ShapeError, match="pad is 2 on spatial axis 1, must leave something of the 4 covered there"):
        made.shapes((1, 4, 5, 3), (1, 4, 5, 3))
    with pytest.raises(ShapeError, match="bottom 1 is 1×4×4×6, must be as bottom 0, 1×4×4×5"):
        made.shapes((1, 4, 4, 5), (1, 4, 4, 6))
    with pytest.raises(ShapeError, match="bottom is 1×2×3×4×5×6, with 4 spatial axes, must have at most 3"):
        make("Deconvolution", "convolution_param { num_output: 2 kernel_size: 1 }").shapes((1, 2, 3, 4, 5, 6))


def test_connections_are_refused() -> None:
    with pytest.raises(OptionError, match="connection is for Convolution alone"):
        make("Deconvolution", "convolution_param { num_output: 1 kernel_size: 3 connection { input: 0 } }")
