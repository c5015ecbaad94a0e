"""AbsVal: the size of a number without its sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("AbsVal")
class AbsVal(Neuron):
    """Drop the sign of each number.

    y = |x|; the gradient at exactly 0 is 0.

    Bottom: any shape. Top: the same; not in place.
    Source: absval_layer.cpp.
    """

    in_place: ClassVar[bool] = False

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        return (bottoms[0].abs(),)
