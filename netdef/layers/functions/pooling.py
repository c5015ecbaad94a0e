"""Pooling over Caffe's windows, those included that torch's own pooling refuses."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from netdef.layers.draws import Draws
from netdef.layers.functions import compiled_maxima, compiled_means
from netdef.layers.functions.compiled_maxima import by_torch
from netdef.layers.functions.constant import constant
from netdef.layers.functions.images import are_images
from netdef.layers.pooling_windows import PoolingWindows, is_small

FLT_MAX = torch.finfo(torch.float32).max


def largest(x: Tensor, windows: PoolingWindows) -> Tensor:
    """Return the maximum of each window; -FLT_MAX, as in Caffe, for one that holds no pixel."""
    if windows.usual(x.shape[2], x.shape[3]):
        return compiled_maxima.maxima(x, windows) if is_small(windows) and are_images(x) else by_torch(x, windows)
    return torch.max_pool2d(_filled(x, windows, _least(x)), windows.kernel, windows.stride)


def largest_with_places(x: Tensor, windows: PoolingWindows) -> tuple[Tensor, Tensor]:
    """Return the maxima and their places h·W + w, -1 for a window that holds no pixel."""
    kernel, stride = windows.kernel, windows.stride
    if windows.usual(x.shape[2], x.shape[3]):
        y, places = functional.max_pool2d_with_indices(x, kernel, stride, windows.pad, ceil_mode=windows.ceil)
        return y, places.to(x.dtype)
    filled = _filled(x, windows, _least(x))
    y, places = functional.max_pool2d_with_indices(filled, kernel, stride)
    height, width = x.shape[2:]
    rows = places // filled.shape[3] - windows.pad[0]
    columns = places % filled.shape[3] - windows.pad[1]
    inside = (rows < height) & (columns < width)
    return y, (rows * width + columns).where(inside, -1).to(x.dtype)


def average(x: Tensor, windows: PoolingWindows) -> Tensor:
    """Return the sum of each window over the number of its pixels inside the padded image."""
    if windows.usual(x.shape[2], x.shape[3]):
        if compiled_means.takes(x):
            return compiled_means.means(x, windows)
        return functional.avg_pool2d(x, windows.kernel, windows.stride, windows.pad, ceil_mode=windows.ceil)
    sums = total(x, windows)
    heights, widths = (_extents(x.shape[axis + 2], axis, windows, sums) for axis in (0, 1))
    return sums / (heights[:, None] * widths)


def total(x: Tensor, windows: PoolingWindows) -> Tensor:
    """Return the sum of each window."""
    return functional.avg_pool2d(_filled(x, windows, 0.0), windows.kernel, windows.stride, divisor_override=1)


def sampled(x: Tensor, windows: PoolingWindows, draws: Draws) -> Tensor:
    """Return one number of each window, drawn with a probability proportional to it."""
    values = _values(x, windows)
    sums = values.detach().to(torch.promote_types(x.dtype, torch.float32)).cumsum(-1)
    total = sums[..., -1]
    threshold = (draws.uniform(total) * total)[..., None]
    chosen = (sums >= threshold).int().argmax(-1, keepdim=True)
    return values.gather(-1, chosen)[..., 0]


def weighted(x: Tensor, windows: PoolingWindows) -> Tensor:
    """Return the mean of each window, weighted by its own numbers: Σ x² / Σ x, 0 where the sum is 0."""
    values = _values(x, windows)
    total = values.sum(-1)
    positive = total > 0
    return (values.square().sum(-1) / total.where(positive, 1)).where(positive, 0)


def _values(x: Tensor, windows: PoolingWindows) -> Tensor:
    """Return the numbers of each window in row order, along a last axis; 0 beyond the image."""
    (high, wide), (down, right) = windows.kernel, windows.stride
    return _filled(x, windows, 0.0).unfold(2, high, down).unfold(3, wide, right).flatten(-2)


def _filled(x: Tensor, windows: PoolingWindows, value: float) -> Tensor:
    """Return x with its padding, and filled up (or cut) so that the last windows end where it ends."""
    (above, left), (below, right) = windows.pad, windows.overhang(x.shape[2], x.shape[3])
    return functional.pad(x, (left, right, above, below), value=value)


def _least(x: Tensor) -> float:
    return max(-FLT_MAX, torch.finfo(x.dtype).min)


def _extents(length: int, axis: int, windows: PoolingWindows, like: Tensor) -> Tensor:
    """Return how many rows (or columns) of each window lie inside the padded image; 0 or less for one outside."""
    kernel, stride, pad = windows.kernel[axis], windows.stride[axis], windows.pad[axis]
    starts = [number * stride - pad for number in range(like.shape[axis + 2])]
    return constant(tuple(min(start + kernel, length + pad) - start for start in starts), like)
