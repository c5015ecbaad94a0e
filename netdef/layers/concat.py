"""Concat: blobs joined along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import ShapeError
from netdef.layers.base import Arity, Context, Kind, Layer, at_least
from netdef.layers.channels import CHANNELS
from netdef.layers.register import layer
from netdef.layers.renamed_axis import read_axis
from netdef.layers.shape import Shape, compatible, merge, show

if TYPE_CHECKING:
    from torch import Tensor


@layer("Concat")
class Concat(Layer):
    """Join the bottoms along ``axis`` (1; ``concat_dim`` in old files).

    Bottom: any number, of equal lengths on all other axes. Top: their lengths on that axis added up.
    Raises: OptionError if both names of the axis are given; ShapeError if the bottoms do not fit.
    Source: concat_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE
    bottoms: ClassVar[Arity] = at_least(1)

    def setup(self) -> None:
        """Read the axis."""
        self.axis = read_axis(self.message.concat_param, "concat_param", "concat_dim")

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the joined shape."""
        joined = bottoms[0]
        axis = self.axis.within(len(joined))
        for index, bottom in enumerate(bottoms[1:], start=1):
            if not compatible(_open(joined, axis), _open(bottom, axis)):
                message = f"bottom {index} is {show(bottom)}, must be as bottom 0 but on axis {axis}"
                evidence = (f"bottoms are {', '.join(map(show, bottoms))}",)
                raise ShapeError(message, path=("bottom", index), evidence=evidence)
            joined = _join(joined, bottom, axis)
        return (joined,)

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether rows are not what is joined."""
        return self.axis.within(len(bottoms[0])) > 0

    def by_channels(self, *bottoms: Shape) -> bool:
        """Tell whether channels are not joined."""
        return self.axis.within(len(bottoms[0])) != CHANNELS

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Join."""
        import torch

        return (torch.cat(bottoms, self.axis.within(bottoms[0].dim())),)


def _open(shape: Shape, axis: int) -> Shape:
    """Return the shape with any length allowed at ``axis``."""
    return (*shape[:axis], None, *shape[axis + 1 :])


def _join(one: Shape, other: Shape, axis: int) -> Shape:
    a, b = one[axis], other[axis]
    lengths = list(map(merge, one, other))
    lengths[axis] = None if a is None or b is None else a + b
    return tuple(lengths)
