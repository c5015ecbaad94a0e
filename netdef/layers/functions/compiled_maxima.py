"""The maxima of windows by compiled kernels; where they were found is kept as a byte each."""

from __future__ import annotations

from ctypes import Structure, c_int64
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from netdef.layers.functions.calls import run, threads_for
from netdef.layers.pooling_windows import PoolingWindows

WORTH_A_THREAD = 1 << 14  # numbers: another thread awakes no sooner than these are compared


class Pooling(Structure):
    """What kernels are told of images and their windows."""

    _fields_ = [
        (name, c_int64)
        for name in (
            *("images", "channels", "height", "width", "out_height", "out_width", "kernel_height", "kernel_width"),
            *("stride_height", "stride_width", "pad_height", "pad_width", "threads", "rectify"),
        )
    ]


class CompiledMaxima(Function):
    """y = max of each window; its gradient goes to the first place where the maximum stands."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, windows: PoolingWindows) -> Tensor:
        """Keep the places, and the bottom for gradients of gradients."""
        task = task_of(x, windows)
        y, places = blank(task, x), blank(task, x, torch.uint8)
        run("maxima", task, x, y, places)
        ctx.save_for_backward(x, places)
        ctx.windows = windows
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Lead gradients back; by torch's own operator if they shall have gradients."""
        x, places = ctx.saved_tensors
        if torch.is_grad_enabled():
            y = by_torch(x, ctx.windows)
            return *torch.autograd.grad(y, x, gradients[0], create_graph=True), None
        dx = torch.empty_like(x)
        slopes = gradients[0].contiguous(memory_format=torch.channels_last)
        run("maxima_back", task_of(x, ctx.windows), places, slopes, dx)
        return dx, None


def maxima(x: Tensor, windows: PoolingWindows) -> Tensor:
    """Return the maxima of N×C×H×W whose channels lie together, for windows of at most 256 places; differentiable."""
    if torch.is_grad_enabled() and x.requires_grad:
        found: Tensor = CompiledMaxima.apply(x, windows)  # type: ignore[no-untyped-call]
        return found
    task = task_of(x, windows)
    y = blank(task, x)
    run("maxima", task, x, y, None)
    return y


def by_torch(x: Tensor, windows: PoolingWindows) -> Tensor:
    """Return the maxima of windows that are as torch wants them."""
    return torch.max_pool2d(x, windows.kernel, windows.stride, windows.pad, ceil_mode=windows.ceil)


def task_of(x: Tensor, windows: PoolingWindows, *, rectify: bool = False) -> Pooling:
    """Return what kernels are told of N×C×H×W and its windows; the maxima are rectified if wanted."""
    images, channels, *size = x.shape
    threads = threads_for(x.numel(), WORTH_A_THREAD)
    counts = windows.pooled(tuple(size))
    return Pooling(images, channels, *size, *counts, *windows.kernel, *windows.stride, *windows.pad, threads, rectify)


def blank(task: Pooling, like: Tensor, dtype: torch.dtype | None = None) -> Tensor:
    """Return room for a number for each window, channels last."""
    size = (task.images, task.channels, task.out_height, task.out_width)
    return torch.empty(size, dtype=dtype or like.dtype, memory_format=torch.channels_last)
