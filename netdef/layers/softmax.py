"""Softmax: scores to probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context, Kind, Layer
from netdef.layers.channels import CHANNELS
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis

if TYPE_CHECKING:
    from torch import Tensor


@layer("Softmax")
class Softmax(Layer):
    """Turn the scores along ``axis`` (1) into probabilities.

    y[c] = e^x[c] / Σ_j e^x[j], computed after the largest score has been subtracted from all.

    Bottom: any shape that has the axis. Top: the same.
    Raises: ShapeError if bottom has no such axis.
    Source: softmax_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.ACTIVATION
    needs_float32: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
    backward_reads_top: ClassVar[bool] = True

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the bottom's shape."""
        self._axis(len(bottoms[0]))
        return bottoms

    def _axis(self, axes: int) -> int:
        return canonical_axis(self.message.softmax_param.axis, axes, "softmax_param.axis")

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether the sums are not over rows."""
        return self._axis(len(bottoms[0])) > 0

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        from netdef.layers.functions.compiled_softmax import softmax

        (x,) = bottoms
        axis = self._axis(x.dim())
        return (softmax(x) if axis == CHANNELS else x.softmax(axis),)
