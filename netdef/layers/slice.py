"""Slice: a blob cut along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, cast

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Arity, Context, Kind, Layer, at_least
from netdef.layers.channels import CHANNELS
from netdef.layers.register import layer
from netdef.layers.renamed_axis import read_axis
from netdef.layers.shape import Shape, show

if TYPE_CHECKING:
    from torch import Tensor


@layer("Slice")
class Slice(Layer):
    """Cut the bottom along ``axis`` (1; ``slice_dim`` in old files): before each ``slice_point``, or into equal parts.

    Bottom: any shape that has the axis. Top: the parts, in order.
    Raises: OptionError for both names of the axis, or points that do not rise or are not one less than the tops;
    ShapeError if the parts do not fit.
    Source: slice_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE
    tops: ClassVar[Arity] = at_least(1)

    def setup(self) -> None:
        """Read the axis and the points."""
        self.axis = read_axis(self.message.slice_param, "slice_param", "slice_dim")
        self.parts = len(self.message.top)
        self.points = tuple(self.message.slice_param.slice_point)
        if self.points:
            self._check_points()

    def _check_points(self) -> None:
        path = ("slice_param", "slice_point")
        if len(self.points) != self.parts - 1:
            message = f"has {len(self.points)} slice_points for {self.parts} tops, must have one less than tops"
            raise OptionError(message, path=path)
        if any(after <= before for before, after in pairwise((0, *self.points))):
            raise OptionError(f"slice_points are {', '.join(map(str, self.points))}, must rise from above 0", path=path)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of each part."""
        (bottom,) = bottoms
        axis = self.axis.within(len(bottom))
        return tuple((*bottom[:axis], length, *bottom[axis + 1 :]) for length in self._lengths(bottom, axis))

    def _lengths(self, bottom: Shape, axis: int) -> list[int | None]:
        length = bottom[axis]
        if not self.points:
            if length is not None and (length % self.parts or length < self.parts):
                raise ShapeError(f"bottom is {show(bottom)}: axis {axis} cannot be cut into {self.parts} equal parts")
            return [None if length is None else length // self.parts] * self.parts
        last = self.points[-1]
        if length is not None and last >= length:
            message = f"slice_point is {last}, must be less than {length}, the length of axis {axis} of {show(bottom)}"
            raise ShapeError(message, path=("slice_param", "slice_point", len(self.points) - 1))
        return [*(end - start for start, end in pairwise((0, *self.points))), None if length is None else length - last]

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether rows are not what is cut."""
        return self.axis.within(len(bottoms[0])) > 0

    def by_channels(self, *bottoms: Shape) -> bool:
        """Tell whether channels are not cut."""
        return self.axis.within(len(bottoms[0])) != CHANNELS

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Cut."""
        import torch

        (x,) = bottoms
        axis = self.axis.within(x.dim())
        return torch.split(x, cast(list[int], self._lengths(tuple(x.shape), axis)), axis)
