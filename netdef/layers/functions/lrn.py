"""Local response normalization across channels, in few passes over memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

CHANNELS = -3


class AcrossChannels(Function):
    """y = x · s^-beta, s = k + alpha/n · (sum of x² over n channels).

    dx = dy · s^-beta - 2 · alpha · beta / n · x · (sum of dy · y / s over the same channels).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
        """Keep x and s."""
        strength = x.new_full((), k).addcmul(x, x, value=alpha / size)
        for here, there in _neighbours(x.shape[CHANNELS], size):
            other = x.narrow(CHANNELS, *there)
            strength.narrow(CHANNELS, *here).addcmul_(other, other, value=alpha / size)
        ctx.save_for_backward(x, strength)
        ctx.size, ctx.alpha, ctx.beta = size, alpha, beta
        return _inverse_power(strength, beta).mul_(x)

    @staticmethod
    @once_differentiable  # a second derivative through what forward saved would be wrong without a word
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Apply the formula."""
        x, strength = ctx.saved_tensors
        direct = _inverse_power(strength, ctx.beta).mul_(gradients[0])
        own = (direct * x).div_(strength)
        shared = own.clone()
        for here, there in _neighbours(x.shape[CHANNELS], ctx.size):
            shared.narrow(CHANNELS, *here).add_(own.narrow(CHANNELS, *there))
        return direct.addcmul_(x, shared, value=-2 * ctx.alpha * ctx.beta / ctx.size), None, None, None, None


def across_channels(x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    """Normalize …×C×H×W by ``size`` channels around each."""
    y: Tensor = AcrossChannels.apply(x, size, alpha, beta, k)  # type: ignore[no-untyped-call]
    return y


def _neighbours(channels: int, size: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield, for each other place in the window, the channels that have one there, and those: (start, length) each."""
    for shift in range(1, min(size // 2, channels - 1) + 1):
        behind, ahead = (0, channels - shift), (shift, channels - shift)
        yield behind, ahead
        yield ahead, behind


def _inverse_power(x: Tensor, beta: float) -> Tensor:
    """Return x^-beta; for the usual exponents by roots, several times faster than by a power."""
    if beta == 0.75:
        return x.sqrt().mul_(x).rsqrt_()
    return x.rsqrt() if beta == 0.5 else x.pow(-beta)
