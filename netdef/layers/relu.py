"""ReLU: the positive part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("ReLU")
class ReLU(Neuron):
    """Keep positive values; scale the others by ``negative_slope`` (0 by default).

    y = max(x, 0) + negative_slope · min(x, 0); the gradient at exactly 0 is negative_slope.

    Bottom: any shape. Top: the same.
    Source: relu_layer.cpp.
    """

    def setup(self) -> None:
        """Read the slope."""
        self.negative_slope = self.message.relu_param.negative_slope

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        from torch.nn import functional

        (x,) = bottoms
        if self.negative_slope == 0:
            return (functional.relu(x),)
        return (functional.leaky_relu(x, self.negative_slope),)
