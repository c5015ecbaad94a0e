"""The maxima of windows of a convolution's outputs, rectified or not, by compiled kernels that keep nothing else.

What the convolution gives lasts no longer than its image takes. Going back, the gradient of a maximum concerns one
place of the convolution alone: there are a quarter of the products where windows lie two places apart.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import Structure, c_int64
from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn import functional

from netdef.layers.functions import compiled_maxima
from netdef.layers.functions.calls import run
from netdef.layers.functions.compiled_convolution import Images, size_of, task_of, widened
from netdef.layers.functions.compiled_maxima import Pooling, by_torch
from netdef.layers.functions.images import suits
from netdef.layers.functions.lent import lent
from netdef.layers.pooling_windows import PoolingWindows
from netdef.layers.windows import Windows

MOST_TASKS = 64  # that are kept: images may come in any size


class Kernels(Structure):
    """What compiled kernels are told of kernels that are laid out: how many there are, and numbers in each."""

    _fields_ = [(name, c_int64) for name in ("groups", "outputs", "line")]


class Task(Structure):
    """What compiled kernels are told of a convolution and the windows of its maxima."""

    _fields_ = [("convolution", Images), ("pooling", Pooling)]


class ConvolvedMaxima(Function):
    """y = the greatest of bias + Σ W * x in each window, and of 0 if ``rectify``."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        windows: Windows,
        pooling: PoolingWindows,
        rectify: bool,
    ) -> Tensor:
        """Keep bottom and kernels, and where the maxima were found."""
        task, room = _task(x.shape, len(weight), windows, pooling, rectify, torch.get_num_threads())
        y, places = compiled_maxima.blank(task.pooling, x), compiled_maxima.blank(task.pooling, x, torch.uint8)
        kernels, offsets, between = _lent_kernels(weight, bias, room)
        run("convolve_maxima", task, x, kernels, offsets, between, y, places)
        ctx.save_for_backward(x, weight, bias, places, y if rectify else None)
        ctx.task, ctx.again = task, partial(_by_torch, windows, pooling, rectify)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Lead gradients back; by torch's own operators if they shall have gradients."""
        x, weight, bias, places, y = ctx.saved_tensors
        wanted = ctx.needs_input_grad[:3]
        if torch.is_grad_enabled():
            return *_slopes_with_graph(ctx.again, (x, weight, bias), wanted, gradients[0]), None, None, None
        slopes = gradients[0].contiguous(memory_format=torch.channels_last)
        dx = torch.empty_like(x) if wanted[0] else None
        dw = torch.empty_like(weight) if wanted[1] else None
        db = slopes.new_empty(len(weight)) if wanted[2] else None
        if dx is not None:
            run("chosen_back", ctx.task, slopes, places, y, weight, dx)
        if dw is not None or db is not None:
            run("chosen_slopes", ctx.task, x, slopes, places, y, dw, db)
        return dx, dw, db, None, None, None


def maxima(
    x: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows, pooling: PoolingWindows, *, rectify: bool
) -> Tensor:
    """Return N×K×(windows) of N×C×H×W and kernels K×C×h×w, both with their channels last; differentiable."""
    y: Tensor = ConvolvedMaxima.apply(x, weight, bias, windows, pooling, rectify)  # type: ignore[no-untyped-call]
    return y


def takes(x: Tensor, weight: Tensor) -> bool:
    """Tell whether kernels take bottoms and kernels that lie so."""
    return suits(x, weight) and weight.is_contiguous(memory_format=torch.channels_last)


def _lent_kernels(weight: Tensor, bias: Tensor | None, more: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return kernels and bias in panels, and room for so many numbers more, until memory is lent again."""
    outputs, line = len(weight), weight[0].numel()
    wide = widened(outputs)
    all_of_it = lent(wide * (line + 1) + more)
    values, offsets, room = all_of_it[: wide * line], all_of_it[wide * line :], all_of_it[wide * (line + 1) :]
    run("convolve_kernels", Kernels(1, outputs, line), weight, bias, values, offsets)
    return values, offsets, room


@lru_cache(MOST_TASKS)
def _task(
    size: torch.Size, outputs: int, windows: Windows, pooling: PoolingWindows, rectify: bool, threads: int
) -> tuple[Task, int]:
    """Return what kernels are told, and how many numbers lie between."""
    convolution = task_of(torch.empty(size, device="meta"), outputs, windows, 1)
    between = torch.empty(size_of(convolution), device="meta")
    task = Task(convolution, compiled_maxima.task_of(between, pooling, rectify=rectify))
    return task, convolution.threads * between[0].numel()


def _by_torch(
    windows: Windows, pooling: PoolingWindows, rectify: bool, x: Tensor, weight: Tensor, bias: Tensor | None
) -> Tensor:
    y = by_torch(functional.conv2d(x, weight, bias, windows.stride, windows.pad), pooling)
    return y.relu() if rectify else y


def _slopes_with_graph(
    again: Callable[..., Tensor], own: tuple[Tensor | None, ...], wanted: tuple[bool, ...], slopes: Tensor
) -> list[Tensor | None]:
    leaves = [each for each, asked in zip(own, wanted, strict=True) if asked and each is not None]
    found = iter(torch.autograd.grad(again(*own), leaves, slopes, create_graph=True))
    return [next(found) if asked else None for asked in wanted]
