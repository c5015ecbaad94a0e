"""Sigmoid: the logistic function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("Sigmoid")
class Sigmoid(Neuron):
    """Squash each number into 0 … 1.

    y = 1 / (1 + e^-x)

    Bottom: any shape. Top: the same.
    Source: sigmoid_layer.cpp.
    """

    backward_reads_top: ClassVar[bool] = True

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        return (bottoms[0].sigmoid(),)
