from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, context, make, numbers


@pytest.mark.parametrize(
    ("size", "alpha", "beta", "k", "group"),
    [
        (5, 1, 0.75, 1, 1),
        (3, 0.5, 0.6, 2, 1),
        (1, 1, 0.5, 1, 1),
        (5, 2, 0.75, 2, 2),
        (9, 1, 0.75, 1, 3),
        (3, 1, 0.75, 1, 6),
    ],
)
def test_across_channels_by_its_formula(size: int, alpha: float, beta: float, k: float, group: int) -> None:
    x = numbers(2, 6, 3, 4)
    options = f"local_size: {size} alpha: {alpha} beta: {beta} k: {k} group: {group}"
    (y,), _ = check_layer(make("LRN", f"lrn_param {{ {options} }}"), x)
    want, length = np.zeros_like(y), 6 // group
    for (n, c, h, w), value in np.ndenumerate(x.numpy()):
        first = c // length * length
        total = sum(
            float(x[n, other, h, w]) ** 2
            for other in range(c - size // 2, c + size // 2 + 1)
            if first <= other < first + length
        )
        want[n, c, h, w] = value / (k + alpha / size * total) ** float(np.float32(beta))
    np.testing.assert_allclose(y, want)


@pytest.mark.parametrize(("size", "alpha", "beta", "k"), [(3, 0.5, 0.75, 1), (5, 2, 0.5, 7), (1, 1, 1, 1)])
def test_within_a_channel_by_its_formula(size: int, alpha: float, beta: float, k: float) -> None:
    x = numbers(2, 3, 4, 5)
    options = f"norm_region: WITHIN_CHANNEL local_size: {size} alpha: {alpha} beta: {beta} k: {k}"
    (y,), _ = check_layer(make("LRN", f"lrn_param {{ {options} }}"), x)
    want, reach = np.zeros_like(y), size // 2
    for (n, c, h, w), value in np.ndenumerate(x.numpy()):
        pixels = x.numpy()[n, c, max(h - reach, 0) : h + reach + 1, max(w - reach, 0) : w + reach + 1]
        want[n, c, h, w] = value / (1 + alpha / size**2 * (pixels**2).sum()) ** beta
    np.testing.assert_allclose(y, want)


@pytest.mark.parametrize("items", [1, 3])
@pytest.mark.parametrize("group", [1, 2])
def test_what_follows_finds_channels_last_also_in_a_batch_of_one(group: int, items: int) -> None:
    x = numbers(items, 6, 3, 4).contiguous(memory_format=torch.channels_last)
    layer = make("LRN", f"lrn_param {{ group: {group} }}")
    (y,) = layer.forward(context(layer), (), x)
    assert y.stride() == x.stride()
    assert functional.max_pool2d(y, 2).stride() == (12, 1, 12, 6)


def test_an_even_size_is_refused() -> None:
    with pytest.raises(OptionError, match="local_size is 4, must be odd") as caught:
        make("LRN", "lrn_param { local_size: 4 }")
    assert caught.value.path == ("lrn_param", "local_size")


def test_groups_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OptionError, match="group is 0, must be at least 1"):
        make("LRN", "lrn_param { group: 0 }")
    made = make("LRN", "lrn_param { group: 2 }")
    with pytest.raises(ShapeError, match="group is 2, must divide 5, the channels of 1×5×3×3"):
        made.shapes((1, 5, 3, 3))
    assert made.shapes((1, None, 3, 3)) == ((1, None, 3, 3),)


def test_other_than_four_axes_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"bottom has 2 axes \(2×5\), must have 4"):
        make("LRN").shapes((2, 5))
