"""Threshold: above or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("Threshold")
class Threshold(Neuron):
    """Tell which numbers are above ``threshold`` (0).

    y = 1 where x > threshold, else 0; no gradient goes down.

    Bottom: any shape. Top: the same.
    Source: threshold_layer.cpp.
    """

    def setup(self) -> None:
        """Read the threshold."""
        self.threshold = self.message.threshold_param.threshold

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that a step has no gradient."""
        return False

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        (x,) = bottoms
        return ((x > self.threshold).to(x.dtype),)
