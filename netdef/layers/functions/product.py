"""Products with a matrix by oneDNN: for few lines they take three quarters of the time of the usual ones.

torch's operator for them is made for its own compiler, and not documented: it is tried before it is used.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn import functional

from netdef.layers.functions.outer import outer, takes
from netdef.layers.functions.plain import are_plain
from netdef.layers.functions.spare import room_like

SMALLEST = 1 << 18  # numbers in a matrix: below, the calls take longer than what is gained


class Product(Function):
    """y = x · Wᵀ + bias, for x N×I."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """Keep bottom and matrix."""
        ctx.save_for_backward(x, weight)
        return _product(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Multiply by the matrix, and by the bottom; by torch's own operators if the gradients shall have gradients."""
        (slopes,) = gradients
        x, weight = ctx.saved_tensors
        multiply = functional.linear if torch.is_grad_enabled() else _product
        dx = multiply(slopes, weight.t(), None) if ctx.needs_input_grad[0] else None
        dw = None
        if ctx.needs_input_grad[1]:
            by_kernel = not torch.is_grad_enabled() and takes(slopes, x)
            dw = outer(slopes, x, room_like(weight)) if by_kernel else multiply(slopes.t(), x.t(), None)
        return dx, dw, slopes.sum(0) if ctx.needs_input_grad[2] else None


def linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Return x · Wᵀ + bias for x …×I and W O×I, differentiable."""
    if weight.numel() < SMALLEST or not x.numel() or not are_plain(x, weight) or not works():
        return functional.linear(x, weight, bias)
    lines = x if x.dim() == 2 else x.reshape(-1, x.shape[-1])
    y: Tensor = Product.apply(lines, weight, bias)  # type: ignore[no-untyped-call]
    return y if x.dim() == 2 else y.view(*x.shape[:-1], len(weight))


@cache
def works() -> bool:
    """Tell whether torch has the operator, with the arguments that are given to it here, and it computes."""
    x = torch.arange(6, dtype=torch.float32).view(2, 3)
    weight, bias = x.new_tensor([[1, 2, 3], [4, 5, 7]]), x.new_tensor([1, 2])
    try:
        return torch.equal(_product(x, weight, bias), x.new_tensor([[9, 21], [27, 69]]))
    except (AttributeError, RuntimeError, TypeError):
        return False


def _product(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    found: Tensor = torch.ops.mkldnn._linear_pointwise.default(x, weight, bias, "none", [], "")
    return found
