"""Local response normalization across channels, in few passes over memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

CHANNELS = -3
BLOCK_BYTES = 2 << 20  # a core's second cache holds about as much


class AcrossChannels(Function):
    """y = x · s^-beta, s = k + alpha/n · (sum of x² over n channels).

    dx = dy · s^-beta - 2 · alpha · beta / n · x · (sum of dy · y / s over the same channels).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
        """Keep x and s."""
        strength = _strength(x, size, alpha, k)
        ctx.save_for_backward(x, strength)
        ctx.size, ctx.alpha, ctx.beta = size, alpha, beta
        return _inverse_power(strength, beta, torch.empty_like(x)).mul_(x)

    @staticmethod
    @once_differentiable  # a second derivative through what forward saved would be wrong without a word
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Apply the formula."""
        x, strength = ctx.saved_tensors
        direct = _inverse_power(strength, ctx.beta, torch.empty_like(x)).mul_(gradients[0])
        own = (direct * x).div_(strength)
        shared = own.clone()
        for here, there in _neighbours(x.shape[CHANNELS], ctx.size):
            shared.narrow(CHANNELS, *here).add_(own.narrow(CHANNELS, *there))
        return direct.addcmul_(x, shared, value=-2 * ctx.alpha * ctx.beta / ctx.size), None, None, None, None


def across_channels(x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    """Normalize …×C×H×W by ``size`` channels around each."""
    wants_gradient = torch.is_grad_enabled() and x.requires_grad
    if wants_gradient or x.device.type != "cpu" or torch.compiler.is_compiling():
        y: Tensor = AcrossChannels.apply(x, size, alpha, beta, k)  # type: ignore[no-untyped-call]
        return y
    return _in_blocks(x, size, alpha, beta, k)


@torch.no_grad()
def _in_blocks(x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    """Normalize some items at a time, so few that what is computed of them stays in the processor's cache."""
    y = torch.empty_like(x)
    each = max(1, BLOCK_BYTES // max(1, x[:1].nbytes))
    for items, result in zip(torch.split(x, each), torch.split(y, each), strict=True):
        _inverse_power(_strength(items, size, alpha, k), beta, result).mul_(items)
    return y


def _strength(x: Tensor, size: int, alpha: float, k: float) -> Tensor:
    """Return s in the memory layout of x, which an addition to a single number would not keep for a single item."""
    strength = torch.addcmul(x.new_full((), k), x, x, value=alpha / size, out=torch.empty_like(x))
    for here, there in _neighbours(x.shape[CHANNELS], size):
        other = x.narrow(CHANNELS, *there)
        strength.narrow(CHANNELS, *here).addcmul_(other, other, value=alpha / size)
    return strength


def _neighbours(channels: int, size: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield, for each other place in the window, the channels that have one there, and those: (start, length) each."""
    for shift in range(1, min(size // 2, channels - 1) + 1):
        behind, ahead = (0, channels - shift), (shift, channels - shift)
        yield behind, ahead
        yield ahead, behind


def _inverse_power(x: Tensor, beta: float, out: Tensor) -> Tensor:
    """Write x^-beta; for the usual exponents by roots, several times faster than by a power."""
    if beta == 0.75:
        return torch.sqrt(x, out=out).mul_(x).rsqrt_()
    return torch.rsqrt(x, out=out) if beta == 0.5 else torch.pow(x, -beta, out=out)
