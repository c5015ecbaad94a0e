"""Flatten: several axes made one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import ShapeError
from netdef.layers.base import Context, Kind, Layer
from netdef.layers.channels import CHANNELS
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis, count

if TYPE_CHECKING:
    from torch import Tensor


@layer("Flatten")
class Flatten(Layer):
    """Make one axis of those from ``axis`` (1) to ``end_axis`` (-1), both included; the order of the numbers stays.

    An ``end_axis`` just before ``axis`` inserts an axis of length 1.

    Bottom: a×b×c×…. Top: a×(b·c·…).
    Raises: ShapeError if bottom lacks an axis, or ``end_axis`` comes too early.
    Source: flatten_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE
    shares_memory: ClassVar[bool] = True

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the bottom's shape with one axis for the range."""
        (bottom,) = bottoms
        start = canonical_axis(self.message.flatten_param.axis, len(bottom), "flatten_param.axis")
        end = canonical_axis(self.message.flatten_param.end_axis, len(bottom), "flatten_param.end_axis") + 1
        if end < start:
            message = f"end_axis is {end - 1}, axis is {start}: must not end before it begins"
            raise ShapeError(message, path=("flatten_param", "end_axis"))
        return ((*bottom[:start], count(bottom[start:end]), *bottom[end:]),)

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether rows stay apart."""
        return canonical_axis(self.message.flatten_param.axis, len(bottoms[0]), "flatten_param.axis") > 0

    def by_channels(self, *bottoms: Shape) -> bool:
        """Split by channels, if these begin the new axis or are left as they are."""
        start = canonical_axis(self.message.flatten_param.axis, len(bottoms[0]), "flatten_param.axis")
        return start >= CHANNELS

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Reshape."""
        (x,) = bottoms
        return (x.reshape(self.shapes(tuple(x.shape))[0]),)  # type: ignore[arg-type]
