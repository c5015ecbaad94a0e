from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError
from netdef.layers.convolution import Convolution
from netdef.layers.functions.compiled_convolution import is_built
from netdef.layers.pooling_windows import PoolingWindows
from tests.layers.contract import Array, check_layer, context, make, numbers


def convolved(x: Array, weight: Array, bias: Array, group: int, steps: list[tuple[int, int, int]]) -> Array:
    """Convolve N×C×(spatial) by loops; ``steps`` holds stride, pad and dilation of each axis."""
    kernel, outputs, inputs = weight.shape[2:], weight.shape[0], weight.shape[1]
    lengths = [
        max(0, length + 2 * pad - (dilation * (side - 1) + 1)) // stride + 1
        for length, side, (stride, pad, dilation) in zip(x.shape[2:], kernel, steps, strict=True)
    ]
    y = np.zeros((len(x), outputs, *lengths))
    for n, o, *place in np.ndindex(y.shape):
        y[n, o, *place] = bias[o]
        for i, *k in np.ndindex(inputs, *kernel):
            pixel = [p * s + a * d - m for p, a, (s, m, d) in zip(place, k, steps, strict=True)]
            if all(0 <= at < length for at, length in zip(pixel, x.shape[2:], strict=True)):
                y[n, o, *place] += weight[o, i, *k] * x[n, o // (outputs // group) * inputs + i, *pixel]
    return y


@pytest.mark.parametrize(
    ("shape", "options", "group", "steps"),
    [
        ((2, 3, 5, 6), "kernel_size: 3", 1, [(1, 0, 1)] * 2),
        ((2, 4, 5, 6), "kernel_h: 3 kernel_w: 2 stride: 2 pad_h: 1 pad_w: 0 group: 2", 2, [(2, 1, 1), (2, 0, 1)]),
        ((1, 2, 7, 6), "kernel_size: 3 kernel_size: 2 dilation: 2 dilation: 3", 1, [(1, 0, 2), (1, 0, 3)]),
        ((2, 3, 8), "kernel_size: 3 stride: 2 pad: 1", 1, [(2, 1, 1)]),
        ((1, 2, 3, 4, 5), "kernel_size: 2", 1, [(1, 0, 1)] * 3),
        ((2, 3), "kernel_size: 2", 1, []),
        ((2, 3, 5, 2), "kernel_h: 2 kernel_w: 3 stride_h: 1 stride_w: 2 pad_h: 0", 1, [(1, 0, 1), (2, 0, 1)]),
        ((1, 2, 3, 1), "kernel_size: 3 stride: 5 dilation: 2 pad: 1 pad: 0", 1, [(5, 1, 2), (5, 0, 2)]),
    ],
)
def test_convolution_by_its_formula(
    shape: tuple[int, ...], options: str, group: int, steps: list[tuple[int, int, int]]
) -> None:
    x = numbers(*shape)
    (y,), (weight, bias) = check_layer(make("Convolution", f"convolution_param {{ num_output: 4 {options} }}"), x)
    np.testing.assert_allclose(y, convolved(x.numpy(), weight, bias, group, steps))


def test_outputs_see_what_their_rows_name() -> None:
    rows = "connection { input: [0, 2] } connection { input: 1 } connection { input: [2, 0, 1] }"
    made = make("Convolution", f"convolution_param {{ num_output: 3 kernel_h: 3 kernel_w: 2 {rows} }}")
    x = numbers(2, 3, 5, 6)
    (y,), (kernels, bias) = check_layer(made, x)
    assert kernels.shape == (6, 3, 2)
    whole = np.zeros((3, 3, 3, 2))
    whole[[0, 0, 1, 2, 2, 2], [0, 2, 1, 2, 0, 1]] = kernels
    np.testing.assert_allclose(y, convolved(x.numpy(), whole, bias, 1, [(1, 0, 1)] * 2))
    assert made.macs((2, 3, 5, 6)) == 2 * (3 * 5) * 6 * (3 * 2)
    assert made.split(3, (2, 3, 5, 6)) is None
    with pytest.raises(ShapeError, match="output 0 sees input 2, but bottom has 2 channels"):
        made.shapes((2, 2, 5, 6))


def test_axes_before_the_channels_are_items() -> None:
    x = numbers(2, 3, 4, 5, 6)
    made = make("Convolution", "convolution_param { num_output: 2 kernel_size: 3 axis: -3 }")
    (y,), (weight, bias) = check_layer(made, x)
    assert y.shape == (2, 3, 2, 3, 4)
    want = convolved(x.numpy().reshape(6, 4, 5, 6), weight, bias, 1, [(1, 0, 1)] * 2)
    np.testing.assert_allclose(y.reshape(want.shape), want)


def test_several_bottoms_share_the_kernels() -> None:
    made = make("Convolution", "convolution_param { num_output: 2 kernel_size: 3 }", bottoms=2, tops=2)
    tops, (weight, bias) = check_layer(made, numbers(2, 3, 4, 5), numbers(2, 3, 4, 5, seed=1))
    for seed, top in enumerate(tops):
        want = convolved(numbers(2, 3, 4, 5, seed=seed).numpy(), weight, bias, 1, [(1, 0, 1)] * 2)
        np.testing.assert_allclose(top, want)


@pytest.mark.parametrize(
    ("options", "quick"),
    [
        ("", True),
        ("engine: CAFFE", False),
        ("stride: 2", False),
        ("dilation: 2", False),
        ("pad_h: 1 pad_w: 0", False),
        ("group: 64", False),
    ],
)
def test_large_layers_of_three_by_three_are_summed_by_winograds_algorithm(options: str, *, quick: bool) -> None:
    kernel = "kernel_size: 3 pad: 1" if "pad" not in options else "kernel_size: 3"
    layer = make("Convolution", f"convolution_param {{ num_output: 128 {kernel} {options} }}")
    assert isinstance(layer, Convolution)
    group = layer.message.convolution_param.group
    x = numbers(2, 128, 32, 32).float().contiguous(memory_format=torch.channels_last)
    weight, bias = numbers(128, 128 // group, 3, 3, seed=1).float(), numbers(128, seed=2).float()
    with torch.no_grad():
        assert layer.by_winograd(x, weight) is (quick and is_built())
        (y,) = layer.forward(context(layer), [weight, bias], x)
        (exact,) = layer.forward(context(layer), [weight.double(), bias.double()], x.double())
    assert (y - exact).abs().max() < 5e-6 * exact.abs().max()


def test_parameters_and_multiplications_are_told() -> None:
    made = make("Convolution", "convolution_param { num_output: 4 kernel_size: 3 group: 2 bias_term: false }")
    assert [spec.shape for spec in made.parameters((2, 6, 5, 5))] == [(4, 3, 3, 3)]
    assert made.macs((2, 6, 5, 5)) == (2 * 4 * 3 * 3) * (3 * 3 * 3)
    assert made.macs((None, 6, 5, 5)) is None
    assert made.shapes((None, 6, None, 5)) == ((None, 4, None, 3),)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("kernel_size: 3", "num_output is 0, must be at least 1"),
        ("num_output: 3 kernel_size: 3 group: 2", "num_output is 3, must be a multiple of group, which is 2"),
    ],
)
def test_impossible_outputs_are_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        make("Convolution", f"convolution_param {{ {options} }}")


def test_tops_that_no_bottom_gives_are_refused() -> None:
    with pytest.raises(OptionError, match="has 1 bottoms and 2 tops, must have as many"):
        make("Convolution", "convolution_param { num_output: 2 kernel_size: 3 }", tops=2)


def test_bottoms_that_do_not_fit_are_refused() -> None:
    made = make("Convolution", "convolution_param { num_output: 2 kernel_size: 3 group: 2 }", bottoms=2, tops=2)
    with pytest.raises(ShapeError, match="bottom has 5 channels, must be a multiple of group, which is 2"):
        made.shapes((1, 5, 4, 4), (1, 5, 4, 4))
    with pytest.raises(ShapeError, match="bottom 1 is 1×4×4×5, must be as bottom 0, 1×4×4×4"):
        made.shapes((1, 4, 4, 4), (1, 4, 4, 5))


def test_more_axes_than_torch_convolves_are_refused() -> None:
    made = make("Convolution", "convolution_param { num_output: 2 kernel_size: 1 }")
    with pytest.raises(ShapeError, match="bottom is 1×2×3×4×5×6, with 4 spatial axes, must have at most 3"):
        made.shapes((1, 2, 3, 4, 5, 6))


@pytest.mark.parametrize(
    ("shape", "options", "pooling", "at_once"),
    [
        ((64, 1, 28, 28), "kernel_size: 5", PoolingWindows((2, 2), (2, 2)), True),
        ((8, 3, 227, 227), "kernel_size: 11 stride: 4", PoolingWindows((3, 3), (2, 2)), True),
        ((8, 3, 27, 27), "kernel_size: 5", PoolingWindows((3, 3), (1, 1)), False),  # as many maxima as places
        ((8, 4, 27, 27), "kernel_size: 5 group: 2", PoolingWindows((2, 2), (2, 2)), False),
        ((8, 4, 27, 27), "kernel_size: 5 dilation: 2", PoolingWindows((2, 2), (2, 2)), False),
        ((8, 4, 27, 27), "kernel_size: 5", PoolingWindows((17, 16), (2, 2)), False),  # no byte has so many places
        ((8, 4, 27, 27), "kernel_size: 5", PoolingWindows((3, 3), (4, 4), (2, 2)), False),  # some lie in the padding
        ((8, 4, 4, 4), "kernel_size: 5", PoolingWindows((1, 1), (2, 2)), False),  # the window reaches beyond
        ((8, 128, 56, 56), "kernel_size: 3 pad: 1", PoolingWindows((2, 2), (2, 2)), False),  # Winograd's
        ((8, 128, 56, 56), "kernel_size: 3 pad: 1 engine: CAFFE", PoolingWindows((2, 2), (2, 2)), True),
    ],
)
def test_where_maxima_are_found_at_once(
    shape: tuple[int, ...], options: str, pooling: PoolingWindows, *, at_once: bool
) -> None:
    convolution = make("Convolution", f"convolution_param {{ num_output: 128 {options} }}")
    assert isinstance(convolution, Convolution)
    assert convolution.maxima_at_once(shape, pooling) is at_once
