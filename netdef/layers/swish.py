"""Swish: a number times how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("Swish")
class Swish(Neuron):
    """Multiply each number by a logistic function of itself; ``beta`` (1) says how steep.

    y = x / (1 + e^(-beta · x))

    Bottom: any shape. Top: the same.
    Source: swish_layer.cpp; arXiv 1710.05941.
    """

    backward_reads_top: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the steepness."""
        self.beta = self.message.swish_param.beta

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        from torch.nn import functional

        (x,) = bottoms
        return (functional.silu(x) if self.beta == 1 else x * (x * self.beta).sigmoid(),)
