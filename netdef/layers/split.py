"""Split: one blob under several names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Arity, Context, Kind, Layer, at_least
from netdef.layers.register import layer
from netdef.layers.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor


@layer("Split")
class Split(Layer):
    """Give the bottom to each top; the bottom's gradient is the sum of theirs.

    No file needs it, as any number of layers may read one blob; but files that Caffe saved hold the ones it inserted.

    Bottom: any shape. Top: the same, any number of them.
    Source: split_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE
    shares_memory: ClassVar[bool] = True
    channelwise: ClassVar[bool] = True
    rowwise: ClassVar[bool] = True
    tops: ClassVar[Arity] = at_least(1)

    def setup(self) -> None:
        """Count the tops."""
        self.copies = len(self.message.top)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the bottom's shape for each top."""
        return bottoms * self.copies

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Return one view a top, so that each has a gradient of its own."""
        (x,) = bottoms
        return tuple(x.view_as(x) for _ in range(self.copies))
