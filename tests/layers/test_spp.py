from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import Array, check_layer, context, make, numbers


def bins(length: int, number: int) -> list[tuple[range, int]]:
    """Return the pixels of each bin that lie in the image, and how many lie in the padded image."""
    kernel = math.ceil(length / number)
    pad = (kernel * number - length + 1) // 2
    found = []
    for bin_ in range(number):
        start = bin_ * kernel - pad
        end = min(start + kernel, length + pad)
        found.append((range(max(start, 0), min(end, length)), end - start))
    return found


def pyramid(x: Array, height: int, method: str) -> Array:
    y = []
    for image in x:
        numbers_ = []
        for level in range(height):
            for channel in image:
                for rows, high in bins(x.shape[2], 2**level):
                    for columns, wide in bins(x.shape[3], 2**level):
                        pixels = [channel[h, w] for h in rows for w in columns]
                        numbers_.append(max(pixels) if method == "MAX" else sum(pixels) / (high * wide))
        y.append(numbers_)
    return np.array(y)


@pytest.mark.parametrize("method", ["MAX", "AVE"])
@pytest.mark.parametrize(("height", "shape"), [(1, (2, 3, 5, 4)), (2, (2, 3, 7, 6)), (3, (1, 2, 9, 8))])
def test_grids_of_bins_by_loops(method: str, height: int, shape: tuple[int, ...]) -> None:
    x = numbers(*shape)
    (y,), _ = check_layer(make("SPP", f"spp_param {{ pyramid_height: {height} pool: {method} }}"), x)
    want = pyramid(x.numpy(), height, method)
    assert y.shape == ((*shape[:2], 1, 1) if height == 1 else want.shape)
    np.testing.assert_allclose(y.reshape(want.shape), want)


def test_bins_may_be_drawn_from() -> None:
    x = numbers(2, 3, 4, 8).abs()
    made = make("SPP", "spp_param { pyramid_height: 2 pool: STOCHASTIC }", train=True)
    (y,) = made.forward(context(made), (), x)
    for n, place in np.ndindex(2, 3):
        assert y[n, place] in x[n, place]
    tested = make("SPP", "spp_param { pyramid_height: 1 pool: STOCHASTIC }")
    (y,) = tested.forward(context(tested), (), x)
    torch.testing.assert_close(y[..., 0, 0], x.square().sum((2, 3)) / x.sum((2, 3)))


def test_images_of_any_size_become_one_length() -> None:
    made = make("SPP", "spp_param { pyramid_height: 3 }")
    assert made.shapes((None, 5, None, None)) == made.shapes((None, 5, 17, 4)) == ((None, 105),)


def test_grids_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OptionError, match="pyramid_height is 0, must be at least 1"):
        make("SPP")
    with pytest.raises(ShapeError, match="bottom has 3 axes"):
        make("SPP", "spp_param { pyramid_height: 1 }").shapes((2, 3, 4))
    words = "pyramid_height is 3, but 4 bins do not fit over a length of 5: a bin would be all padding"
    with pytest.raises(ShapeError, match=words) as caught:
        make("SPP", "spp_param { pyramid_height: 3 }").shapes((2, 3, 8, 5))
    assert caught.value.path == ("spp_param", "pyramid_height")
    drawn = make("SPP", "spp_param { pyramid_height: 2 pool: STOCHASTIC }")
    with pytest.raises(ShapeError, match="2 bins do not fit over a length of 5: STOCHASTIC takes no padding"):
        drawn.shapes((2, 3, 5, 8))
