"""Images laid out with their channels last, by a compiled kernel."""

from __future__ import annotations

from ctypes import Structure, c_int64

import torch
from torch import Tensor

from netdef.kernels.built import width
from netdef.layers.functions.calls import run, threads_for
from netdef.layers.functions.images import IMAGE_AXES
from netdef.layers.functions.plain import are_floats

WORTH_A_THREAD = 1 << 15  # numbers: another thread awakes no sooner than these are moved
MOST_CHANNELS = 4  # with more, numbers that lie together are written far apart


class Planes(Structure):
    """What the kernel is told of images."""

    _fields_ = [(name, c_int64) for name in ("images", "channels", "places", "threads")]


def takes(x: Tensor) -> bool:
    """Tell whether the kernel lays such images out: N×C×H×W that lie in this order, and shall have no gradient."""
    if x.dim() != IMAGE_AXES or not 1 < x.shape[1] <= MOST_CHANNELS or not x.numel() or not x.is_contiguous():
        return False
    return are_floats(x) and width() is not None and not (torch.is_grad_enabled() and x.requires_grad)


def interleaved(x: Tensor) -> Tensor:
    """Return the images with their channels last."""
    y = torch.empty_like(x, memory_format=torch.channels_last)
    images, channels, height, breadth = x.shape
    run("interleave", Planes(images, channels, height * breadth, threads_for(x.numel(), WORTH_A_THREAD)), x, y)
    return y
