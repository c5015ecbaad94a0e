"""How much distances fall short of a margin, with Caffe's gradient."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

SOFTENING = 1e-4


class Shortfall(Function):
    """y = max(margin - d, 0)² of d²; its gradient by d² is -max(margin - d, 0) / (d + 1e-4)."""

    @staticmethod
    def forward(ctx: Any, squared: Tensor, margin: float) -> Tensor:
        """Keep the distances and what they lack."""
        distance = squared.sqrt()
        lacking = (margin - distance).relu()
        ctx.save_for_backward(distance, lacking)
        return lacking.square()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Apply the formula."""
        distance, lacking = ctx.saved_tensors
        return -gradients[0] * lacking / (distance + SOFTENING), None


def shortfall(squared: Tensor, margin: float) -> Tensor:
    """Return max(margin - d, 0)² for squared distances d²."""
    y: Tensor = Shortfall.apply(squared, margin)  # type: ignore[no-untyped-call]
    return y
