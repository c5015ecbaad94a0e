"""Local response normalization across channels by compiled kernels: one pass over memory, forward and backward each."""

from __future__ import annotations

from ctypes import Structure, c_double, c_int64
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from netdef.layers.functions.calls import run, threads_for
from netdef.layers.functions.images import are_images

DTYPES = (torch.float32, torch.bfloat16)
BY_ROOTS = (0.5, 0.75)  # exponents that kernels know: PyTorch's powers are faster than C's
WORTH_A_THREAD = 1 << 14  # numbers: another thread awakes no sooner than these are normalized


class Normalization(Structure):
    """What kernels are told: ``ranges`` of so many channels lie together; as many as ``half`` count at each side.

    ``narrow`` numbers, and the slopes of these, are bfloat16.
    """

    _fields_ = [
        *((name, c_int64) for name in ("ranges", "channels", "half", "threads", "narrow")),
        *((name, c_double) for name in ("scale", "beta", "k", "slope")),
    ]


class CompiledAcrossChannels(Function):
    """y = x · s^-beta; backward finds s anew: to keep it gains an eighth of both passes, and takes memory as x does."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, task: Normalization) -> Tensor:
        """Keep x."""
        ctx.save_for_backward(x)
        ctx.task = task
        return normalized(x, task)

    @staticmethod
    @once_differentiable  # what kernels do has no derivative
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Return dx = dy · s^-beta - 2 · alpha · beta / n · x · (sum of dy · y / s over the channels around)."""
        (x,) = ctx.saved_tensors
        slopes = torch.empty_like(x)
        run("normalize_back", ctx.task, x, gradients[0].contiguous(memory_format=torch.channels_last), slopes)
        return slopes, None


def takes(x: Tensor, beta: float) -> bool:
    """Tell whether kernels normalize such images with such an exponent."""
    return beta in BY_ROOTS and are_images(x, dtypes=DTYPES)


def normalized(x: Tensor, task: Normalization) -> Tensor:
    """Return N×C×H×W normalized, in float32; its channels lie together."""
    y = torch.empty_like(x, dtype=torch.float32)
    run("normalize", task, x, y)
    return y


def task_of(x: Tensor, size: int, alpha: float, beta: float, k: float, groups: int) -> Normalization:
    """Return what kernels are told of N×C×H×W, of which each range of C / groups channels is by itself."""
    channels = x.shape[1] // groups
    threads = threads_for(x.numel(), WORTH_A_THREAD)
    scale, half = alpha / size, min(size // 2, channels - 1)
    counts = x.numel() // channels, channels, half, threads, x.dtype == torch.bfloat16
    return Normalization(*counts, scale, beta, k, 2 * beta * scale)
