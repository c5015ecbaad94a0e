"""Images in other sizes, as scikit-image and SciPy make them: every axis by a matrix of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netdef.errors import UsageError

Matrix = NDArray[Any]
NEAREST, LINEAR = 0, 1
IMAGE_AXES = 3
TRUNCATE = 4  # a Gaussian window ends after so many deviations
PLAIN_CHANNELS = (1, 3)


def resize_image(im: NDArray[Any], new_dims: tuple[int, int], interp_order: int = LINEAR) -> NDArray[np.float32]:
    """Return an H×W×C image in another size, as float32; ``interp_order`` is 0 (nearest) or 1 (linear).

    Pixels are areas that cover the image, and one that is made smaller is smoothed first, as by scikit-image. Images of
    other numbers of channels than 1 and 3 are not smoothed, and their corner pixels stay in the corners, as by SciPy.

    Raises: UsageError for another order, or an array of another number of axes.
    """
    if np.ndim(im) != IMAGE_AXES:
        wanted = "an image is height×width×channels, and a list of one is [image]"
        raise UsageError(f"{wanted}; this is an array of {np.shape(im)}")
    if interp_order not in (NEAREST, LINEAR):
        raise UsageError(f"interp_order is {interp_order}, must be 0 (nearest) or 1 (linear)")
    height, width = int(new_dims[0]), int(new_dims[1])
    axis_matrix = _area_matrix if im.shape[-1] in PLAIN_CHANNELS else _corner_matrix
    rows = axis_matrix(im.shape[0], height, interp_order)
    columns = axis_matrix(im.shape[1], width, interp_order)
    low = im.min(initial=np.inf)
    shifted = np.asarray(im, np.float64) - low  # what lies outside of the image is its darkest value
    resized = np.einsum("yh,hwc,xw->yxc", rows, shifted, columns, optimize=True)
    return np.asarray(resized.clip(0, shifted.max(initial=0)) + low, np.float32)


def _area_matrix(old: int, new: int, order: int) -> Matrix:
    """Return what makes ``new`` pixels of ``old`` ones along one axis."""
    factor = old / new
    places = (np.arange(new) + 0.5) * factor - 0.5
    matrix = _interpolation(places, old, order)
    if factor > 1:
        matrix = matrix @ _gaussian(old, (factor - 1) / 2)
    return matrix


def _corner_matrix(old: int, new: int, order: int) -> Matrix:
    places = np.arange(new) * ((old - 1) / (new - 1) if new > 1 else 0.0)
    return _interpolation(places, old, order)


def _interpolation(places: Matrix, old: int, order: int) -> Matrix:
    """Return the weight of each old pixel at each place; pixels beyond the edges count as 0."""
    distances = np.abs(places[:, None] - np.arange(old))
    if order == LINEAR:
        return np.asarray(np.maximum(1 - distances, 0))
    return np.asarray(np.arange(old) == np.floor(places + 0.5)[:, None], np.float64)


def _gaussian(length: int, deviation: float) -> Matrix:
    """Return a smoothing along an axis, beyond which all is 0."""
    distances = np.arange(length) - np.arange(length)[:, None]
    radius = int(TRUNCATE * deviation + 0.5)
    window = np.exp(-0.5 * (np.arange(-radius, radius + 1) / deviation) ** 2)
    weights = np.exp(-0.5 * (distances / deviation) ** 2) / window.sum()
    return np.where(np.abs(distances) <= radius, weights, 0)
