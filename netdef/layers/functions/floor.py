"""A floor under numbers that their gradient does not feel."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.autograd import Function


class Floor(Function):
    """y = max(x, least), with the gradient of y = x."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, least: float) -> Tensor:
        """Raise what lies below."""
        return x.clamp(min=least)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keep nothing."""

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Pass the gradient on."""
        return gradients[0], None


def floor(x: Tensor, least: float) -> Tensor:
    """Return max(x, least); its gradient is that of x, below the floor too."""
    y: Tensor = Floor.apply(x, least)  # type: ignore[no-untyped-call]
    return y
