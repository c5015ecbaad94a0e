"""Crop: a blob cut to the size of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import ShapeError
from netdef.layers.base import Arity, Context, Kind, Layer, exactly
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis, show

if TYPE_CHECKING:
    from torch import Tensor


@layer("Crop")
class Crop(Layer):
    """Cut the first bottom to the lengths of the second from ``axis`` (2) on, starting at ``offset`` (0).

    y[…, i, j] = x[…, offset_0 + i, offset_1 + j]; one offset for all the axes that are cut, or one for each.

    Bottom: any shape; one with lengths to cut to at the same axes. Top: the first with the lengths of the second.
    Raises: ShapeError if a cut reaches beyond the blob, or there are neither one nor as many offsets as axes to cut.
    Source: crop_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE
    bottoms: ClassVar[Arity] = exactly(2)

    def setup(self) -> None:
        """Read where the cut begins."""
        self.axis, self.offset = self.message.crop_param.axis, tuple(self.message.crop_param.offset)

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that only what is cut gets a gradient."""
        return bottom == 0

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of the cut."""
        whole, part = bottoms
        start = self._axis(len(whole))
        if len(part) < len(whole):
            message = f"bottom 1 is {show(part)}, must have at least the {len(whole)} axes of bottom 0, {show(whole)}"
            raise ShapeError(message, path=("bottom", 1))
        for axis, offset in enumerate(self._offsets(len(whole) - start), start=start):
            length, wanted = whole[axis], part[axis]
            if length is not None and wanted is not None and offset + wanted > length:
                message = f"cut of {wanted} from {offset} on reaches beyond {length}, the length of axis {axis}"
                evidence = (f"bottom 0 is {show(whole)}, bottom 1 is {show(part)}",)
                raise ShapeError(message, path=("crop_param", "offset", 0), evidence=evidence)
        return ((*whole[:start], *part[start : len(whole)]),)

    def _axis(self, axes: int) -> int:
        return canonical_axis(self.axis, axes, "crop_param.axis")

    def _offsets(self, axes: int) -> tuple[int, ...]:
        if len(self.offset) <= 1:
            return (self.offset or (0,)) * axes
        if len(self.offset) != axes:
            message = f"offset is given {len(self.offset)} times, must be given once or once for each of {axes} axes"
            raise ShapeError(message, path=("crop_param", "offset"))
        return self.offset

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether rows are not what is cut."""
        return self._axis(len(bottoms[0])) > 0

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Cut."""
        y, like = bottoms
        start = self._axis(y.dim())
        for axis, offset in enumerate(self._offsets(y.dim() - start), start=start):
            y = y.narrow(axis, offset, like.shape[axis])
        return (y,)
