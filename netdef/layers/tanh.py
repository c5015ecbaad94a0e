"""TanH: the hyperbolic tangent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("TanH")
class TanH(Neuron):
    """Squash each number into -1 … 1.

    y = (e^x - e^-x) / (e^x + e^-x)

    Bottom: any shape. Top: the same.
    Source: tanh_layer.cpp.
    """

    backward_reads_top: ClassVar[bool] = True

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        return (bottoms[0].tanh(),)
