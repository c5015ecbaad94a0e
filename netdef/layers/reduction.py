"""Reduction: many numbers to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context, Kind, Layer
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


@layer("Reduction")
class Reduction(Layer):
    """Make one number of all those from ``axis`` (0) on, times ``coeff``.

    SUM: Σ x; ASUM: Σ |x| (its gradient at 0 is 0); SUMSQ: Σ x²; MEAN: Σ x / count.

    Bottom: any shape that has the axis. Top: the axes before ``axis``; with a loss_weight, a loss.
    Raises: ShapeError if bottom has no such axis.
    Source: reduction_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.OTHER

    def setup(self) -> None:
        """Read the operation and the factor."""
        options = self.message.reduction_param
        self.operation, self.coeff, self.given = options.operation, options.coeff, options.axis

    def _axis(self, axes: int) -> int:
        return canonical_axis(self.given, axes, "reduction_param.axis")

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the axes that stay."""
        (bottom,) = bottoms
        return (bottom[: self._axis(len(bottom))],)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Reduce, then scale."""
        (x,) = bottoms
        y = self._reduce(x, tuple(range(self._axis(x.dim()), x.dim())))
        return (y if self.coeff == 1 else y * self.coeff,)

    def _reduce(self, x: Tensor, axes: tuple[int, ...]) -> Tensor:
        if self.operation == schema.ReductionParameter.ASUM:
            return x.abs().sum(axes)
        if self.operation == schema.ReductionParameter.SUMSQ:
            return x.square().sum(axes)
        if self.operation == schema.ReductionParameter.MEAN:
            return x.mean(axes)
        return x.sum(axes)
