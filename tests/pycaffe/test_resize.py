from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from netdef.errors import UsageError
from netdef.pycaffe.resize import resize_image

Golden = dict[str, NDArray[np.float64]]
SIZES = [(9, 11), (23, 31), (9, 31), (23, 8), (14, 17)]


def test_images_have_caffes_pixels(golden: Golden) -> None:
    np.testing.assert_allclose(
        resize_image(golden["load_image/0"], (21, 33)), golden["resize_image/0"], rtol=1e-3, atol=1e-5
    )
    nearest = resize_image(golden["load_image/1"], (50, 20), interp_order=0)
    np.testing.assert_allclose(nearest, golden["resize_image/1_order0"], rtol=1e-3, atol=1e-5)
    many = resize_image(golden["resize_image/in5ch"], (7, 16))
    np.testing.assert_allclose(many, golden["resize_image/out5ch"], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("size", "order"), list(product(SIZES, [0, 1])))
def test_one_or_three_channels_as_scikit_image_does(size: tuple[int, int], order: int) -> None:
    transform = pytest.importorskip("skimage.transform")
    image = np.random.default_rng(0).uniform(-3, 8, (14, 17, 3))
    low, high = image.min(), image.max()
    standard = transform.resize((image - low) / (high - low), size, order=order, mode="constant")
    found = resize_image(image, size, order)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, standard * (high - low) + low, atol=1e-5)


@pytest.mark.parametrize("size", SIZES)
def test_other_channels_as_scipy_does(size: tuple[int, int]) -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    image = np.random.default_rng(0).uniform(-3, 8, (14, 17, 4))
    zoomed = ndimage.zoom(image, (size[0] / 14, size[1] / 17, 1), order=1)
    np.testing.assert_allclose(resize_image(image, size), zoomed, atol=1e-5)


def test_a_plain_image_stays_plain() -> None:
    found = resize_image(np.full((5, 4, 3), 0.25), (9, 2))
    assert found.shape == (9, 2, 3)
    assert (found == 0.25).all()


def test_smoother_orders_are_refused() -> None:
    with pytest.raises(UsageError, match=r"interp_order is 3, must be 0 \(nearest\) or 1 \(linear\)"):
        resize_image(np.zeros((4, 5, 3)), (2, 2), interp_order=3)


def test_an_image_has_three_axes() -> None:
    with pytest.raises(
        UsageError, match=r"^an image is height×width×channels, .*\[image\]; this is an array of \(4, 5\)$"
    ):
        resize_image(np.zeros((4, 5)), (2, 2))
