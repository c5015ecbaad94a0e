from __future__ import annotations

import numpy as np
import pytest
import torch
from google.protobuf import text_format

from netdef.errors import OptionError, ShapeError, WiringError
from netdef.schema import netdef_pb2 as schema
from tests.layers.contract import Array, check_layer, context, gradients, make, numbers, run

FLT_MAX = float(np.finfo(np.float32).max)

WINDOWS = [
    "kernel_size: 2 stride: 2",
    "kernel_size: 3 stride: 2",
    "kernel_size: 3 stride: 2 pad: 1",
    "kernel_size: 3 stride: 2 round_mode: FLOOR",
    "kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 3 pad_h: 1 pad_w: 0",
    "kernel_size: 3 stride: 3 pad: 2",
    "kernel_size: 4 stride: 1 pad: 3",
    "kernel_size: 2 stride: 4",
    "kernel_size: 2 stride: 3 pad: 1",
    "global_pooling: true",
]


def window(x: Array, options: str, place: tuple[int, ...]) -> tuple[list[float], int]:
    """Return the pixels of the window at ``place`` that lie in the image, and how many lie in the padded image."""
    given = text_format.Parse(options, schema.PoolingParameter())
    inside, area = [], 1
    for axis, name in ((2, "h"), (3, "w")):
        length = x.shape[axis]
        kernel = given.kernel_size or getattr(given, f"kernel_{name}") or length
        stride = getattr(given, f"stride_{name}") or given.stride
        pad = given.pad or getattr(given, f"pad_{name}")
        start = place[axis] * stride - pad
        area *= min(start + kernel, length + pad) - start
        inside.append(range(max(start, 0), min(start + kernel, length)))
    return [float(x[place[0], place[1], h, w]) for h in inside[0] for w in inside[1]], area


@pytest.mark.parametrize("options", WINDOWS)
def test_the_largest_of_each_window(options: str) -> None:
    x = numbers(2, 3, 9, 10)
    (y,), _ = check_layer(make("Pooling", f"pooling_param {{ {options} }}"), x)
    for place, value in np.ndenumerate(y):
        pixels, _ = window(x.numpy(), options, place)
        assert value == max(pixels)


@pytest.mark.parametrize("options", WINDOWS)
def test_the_mean_of_each_window(options: str) -> None:
    x = numbers(2, 3, 9, 10)
    (y,), _ = check_layer(make("Pooling", f"pooling_param {{ pool: AVE {options} }}"), x)
    want = np.zeros_like(y)
    for place in np.ndindex(y.shape):
        pixels, area = window(x.numpy(), options, place)
        want[place] = sum(pixels) / area
    np.testing.assert_allclose(y, want)


@pytest.mark.parametrize("options", WINDOWS)
def test_the_sum_of_each_window(options: str) -> None:
    x = numbers(2, 3, 9, 10)
    (y,), _ = check_layer(make("Pooling", f"pooling_param {{ pool: SUM {options} }}"), x)
    want = np.zeros_like(y)
    for place in np.ndindex(y.shape):
        want[place] = sum(window(x.numpy(), options, place)[0])
    np.testing.assert_allclose(y, want)


@pytest.mark.parametrize("options", ["kernel_size: 3 stride: 2 pad: 1", "kernel_size: 3 stride: 3 pad: 2"])
def test_of_equal_numbers_the_first_is_named_and_takes_the_gradient(options: str) -> None:
    x = torch.from_numpy(np.random.default_rng(0).integers(0, 2, (2, 3, 5, 6)).astype(float))
    made = make("Pooling", f"pooling_param {{ {options} }}", tops=2)
    y, places = run(made, x)
    (dx,) = gradients(made, x)
    stride, pad = (2, 1) if "stride: 2" in options else (3, 2)
    want = np.zeros_like(dx)
    for order, (n, c, p, q) in enumerate(np.ndindex(y.shape)):
        best = None
        for h in range(max(p * stride - pad, 0), min(p * stride - pad + 3, 5)):
            for w in range(max(q * stride - pad, 0), min(q * stride - pad + 3, 6)):
                if best is None or x[n, c, h, w] > x[n, c, best[0], best[1]]:
                    best = (h, w)
        assert best is not None
        assert places[n, c, p, q] == best[0] * 6 + best[1]
        want[n, c, best[0], best[1]] += order + 1
    np.testing.assert_array_equal(dx, want)


def test_a_window_without_pixels_stays() -> None:
    x = numbers(1, 2, 8, 9)
    y, places = run(make("Pooling", "pooling_param { kernel_size: 2 stride: 4 }", tops=2), x)
    assert y.shape == (1, 2, 3, 3)
    assert (y[:, :, 2] == -FLT_MAX).all()
    assert (places[:, :, 2] == -1).all()
    assert (y[:, :, :2] == run(make("Pooling", "pooling_param { kernel_size: 2 stride: 4 }"), x[:, :, :6])[0]).all()
    (mean,) = run(make("Pooling", "pooling_param { pool: AVE kernel_size: 2 stride: 4 }"), x)
    assert np.isnan(mean[:, :, 2]).all(), "0 pixels: 0 / 0"


@pytest.mark.parametrize("pool", ["MAX", "AVE"])
def test_half_floats_pool_in_odd_windows_too(pool: str) -> None:
    x = numbers(1, 2, 5, 6)
    made = make("Pooling", f"pooling_param {{ pool: {pool} kernel_size: 3 stride: 3 pad: 2 }}")
    (half,) = run(made, x.to(torch.bfloat16).float().to(torch.float16))
    assert np.isfinite(half).all()


def test_one_of_each_window_is_drawn_as_often_as_it_weighs() -> None:
    x = torch.tensor([1.0, 0, 2, 5]).view(1, 1, 2, 2).expand(20, 200, 2, 2)
    made = make("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 }", train=True)
    (y,) = run(made, x)
    for value in (1, 0, 2, 5):
        assert float((y == value).mean()) == pytest.approx(value / 8, abs=0.03)


def test_the_drawn_one_takes_the_gradient() -> None:
    x = numbers(2, 3, 5, 6).abs()
    made = make("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 }", train=True)
    (y,), _ = check_layer(made, x)
    (dx,) = gradients(made, x)
    for order, (n, c, p, q) in enumerate(np.ndindex(y.shape)):
        h, w = (int(i[0]) for i in np.nonzero(x[n, c].numpy() == y[n, c, p, q]))
        assert dx[n, c, h, w] == order + 1
        assert (h // 2, w // 2) == (p, q)


def test_in_testing_each_number_weighs_itself() -> None:
    x = numbers(2, 3, 5, 6).abs()
    made = make("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 }")
    (y,), _ = check_layer(made, x)
    for place, value in np.ndenumerate(y):
        pixels, _ = window(x.numpy(), "kernel_size: 2 stride: 2", place)
        assert value == pytest.approx(sum(pixel**2 for pixel in pixels) / sum(pixels))


@pytest.mark.parametrize("train", [True, False])
def test_a_window_of_zeros_becomes_zero_without_nan(train: bool) -> None:
    made = make("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 }", train=train)
    x = torch.zeros(1, 1, 2, 2)
    assert run(made, x)[0].item() == 0
    assert np.isfinite(gradients(made, x)[0]).all()


def test_unknown_lengths_are_carried() -> None:
    assert make("Pooling", "pooling_param { kernel_size: 3 stride: 2 }").shapes((None, 3, None, 8)) == (
        (None, 3, None, 4),
    )
    assert (
        make("Pooling", "pooling_param { global_pooling: true }", tops=2).shapes((2, 3, None, 8)) == ((2, 3, 1, 1),) * 2
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("global_pooling: true kernel_size: 2", "global_pooling and kernel_size are both given"),
        ("global_pooling: true pad_h: 1 pad_w: 0", "pad_h is 1, must be 0 with global_pooling"),
        ("global_pooling: true stride: 2", "stride is 2, must be 1 with global_pooling"),
        ("pool: STOCHASTIC kernel_size: 2 pad: 1", "pad is 1, must be 0 for pool: STOCHASTIC"),
    ],
)
def test_impossible_options_are_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        make("Pooling", f"pooling_param {{ {options} }}")


def test_only_maxima_have_places() -> None:
    with pytest.raises(WiringError, match="has 2 tops, makes exactly 1: only pool: MAX has places"):
        make("Pooling", "pooling_param { pool: AVE kernel_size: 2 }", tops=2)


def test_other_than_four_axes_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"bottom has 3 axes \(2×3×4\), must have 4"):
        make("Pooling", "pooling_param { kernel_size: 2 }").shapes((2, 3, 4))


def test_records_draw_the_same_wherever_they_stand() -> None:
    made = make("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 }", train=True)
    x, rows = numbers(3, 2, 6, 8).abs(), torch.tensor([4, 9, 2])
    (one,) = made.forward(context(made, rows=rows), (), x)
    (two,) = made.forward(context(made, rows=rows.flip(0)), (), x.flip(0))
    assert torch.equal(one, two.flip(0))
