"""Local response normalization across channels by two formulas, each of which is to become one kernel of a GPU."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional

from netdef.layers.functions.kernel import Kernel

CHANNELS = -3


def normalized(x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    """Return y = x · s^-beta, s = k + alpha/n · (sum of x² over n channels); 16-bit floats are summed in 32."""
    wide = _wide(x)
    return (wide * _strength(wide, size, alpha, k).pow(-beta)).to(x.dtype)


def slopes(x: Tensor, gradient: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    """Return dx = dy · s^-beta - 2 · alpha · beta / n · x · (sum of dy · y / s over the same channels)."""
    wide, given = _wide(x), _wide(gradient)
    strength = _strength(wide, size, alpha, k)
    direct = given * strength.pow(-beta)
    shared = _over_window(direct * wide / strength, size)
    return (direct - (2 * alpha * beta / size) * wide * shared).to(x.dtype)


def _wide(x: Tensor) -> Tensor:
    return x.to(torch.promote_types(x.dtype, torch.float32))


def _strength(x: Tensor, size: int, alpha: float, k: float) -> Tensor:
    return k + (alpha / size) * _over_window(x * x, size)


def _over_window(x: Tensor, size: int) -> Tensor:
    """Return for each channel the sum over those around it."""
    half, channels = size // 2, x.shape[CHANNELS]
    padded = functional.pad(x, (0, 0, 0, 0, half, half))
    total = padded.narrow(CHANNELS, 0, channels)
    for shift in range(1, size):
        total = total + padded.narrow(CHANNELS, shift, channels)
    return total


NORMALIZED, SLOPES = Kernel(normalized), Kernel(slopes)


class FusedAcrossChannels(Function):
    """Keeps nothing but x: the backward kernel has it at hand, and makes s anew faster than it would read it."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
        """Apply ``normalized``."""
        ctx.save_for_backward(x)
        ctx.options = size, alpha, beta, k
        y: Tensor = NORMALIZED(x, size, alpha, beta, k)
        return y

    @staticmethod
    @once_differentiable  # a second derivative through what forward saved would be wrong without a word
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Apply ``slopes``."""
        (x,) = ctx.saved_tensors
        return SLOPES(x, gradients[0], *ctx.options), None, None, None, None
