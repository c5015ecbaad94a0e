"""What a loss takes of the logarithms of probabilities: one for each label, all in one step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


class Labelled(Function):
    """y = -Σ max(x[label], least), the gradient of which is -1 for each label, below the floor too."""

    @staticmethod
    def forward(ctx: Any, logs: Tensor, numbers: Tensor, axis: int, least: float) -> Tensor:
        """Keep the labels."""
        ctx.save_for_backward(numbers)
        ctx.axis, ctx.size = axis, logs.shape
        return 0 - logs.gather(axis, numbers).clamp_(min=least).sum()  # minus alone makes a loss of nothing -0

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Give each label's place its gradient."""
        (numbers,), (slope,) = ctx.saved_tensors, gradients
        slopes = torch.zeros(ctx.size, dtype=slope.dtype, device=slope.device)
        return slopes.scatter(ctx.axis, numbers, -slope.expand(numbers.shape)), None, None, None


def minus_labelled(logs: Tensor, numbers: Tensor, axis: int, least: float) -> Tensor:
    """Return -Σ max(x[label], least) over labels that lie along ``axis``, of length 1; differentiable."""
    y: Tensor = Labelled.apply(logs, numbers, axis, least)  # type: ignore[no-untyped-call]
    return y
