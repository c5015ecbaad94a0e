"""Mean and variance normalization with Caffe's gradient."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

Axes = tuple[int, ...]


class Normalized(Function):
    """y = (x - mean) / (std + eps).

    dx = (dy - mean(dy) - y · mean(y · dy)) / (std + eps); the derivative would have (std + eps) / std before the last
    term, which Caffe leaves out (mvn_layer.cpp).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, axes: Axes, eps: float) -> Tensor:
        """Keep y and what it was divided by."""
        centred = x - x.mean(axes, keepdim=True)
        spread = centred.square().mean(axes, keepdim=True).sqrt_().add_(eps)
        y = centred.div_(spread)
        ctx.save_for_backward(y, spread)
        ctx.axes = axes
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        """Apply the formula."""
        y, spread = ctx.saved_tensors
        (dy,) = gradients
        along = (y * dy).mean(ctx.axes, keepdim=True)
        dx = dy - dy.mean(ctx.axes, keepdim=True) - y * along
        return dx.div_(spread), None, None


def normalized(x: Tensor, axes: Axes, eps: float) -> Tensor:
    """Bring the numbers over ``axes`` to mean 0 and variance 1."""
    y: Tensor = Normalized.apply(x, axes, eps)  # type: ignore[no-untyped-call]
    return y
