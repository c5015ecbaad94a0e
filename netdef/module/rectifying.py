"""Rectification of what a chain has made, in its place, and behind maxima rather than before them."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from netdef.layers.pooling import Pooling


def rectified(y: Tensor, slope: float) -> Tensor:
    """Return y where it is positive, and ``slope`` times y elsewhere; in y's own memory where that can be."""
    if slope:
        return functional.leaky_relu(y, slope, inplace=is_own(y))
    return functional.relu(y, inplace=is_own(y))


def rectified_maxima(pooling: Pooling, y: Tensor, slope: float) -> Tensor:
    """Return the maxima of windows of what is rectified: where it makes no difference, maxima are rectified."""
    if slope or not _has_pixels(pooling, y):
        return pooling.maxima(rectified(y, slope))
    return rectified(pooling.maxima(y), slope)


def is_own(y: Tensor) -> bool:
    """Tell whether others can be written in the place of a tensor: in that of a view autograd refuses it, or copies."""
    return not y._is_view()


def _has_pixels(pooling: Pooling, y: Tensor) -> bool:
    """Tell whether each window does: the least number stands for the maximum of one without, and is not rectified."""
    return pooling.windows is None or pooling.windows.usual(y.shape[2], y.shape[3])
