"""BatchReindex: items chosen and put in order by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import ShapeError
from netdef.layers.base import Arity, Context, Kind, Layer, exactly
from netdef.layers.indices import row_numbers
from netdef.layers.register import layer
from netdef.layers.shape import Shape, need_axes, show

if TYPE_CHECKING:
    from torch import Tensor


@layer("BatchReindex")
class BatchReindex(Layer):
    """Take the items that the second bottom numbers, in its order, any number of times each.

    y[m] = x[index[m]]; an item that is taken several times gets the sum of their gradients.

    Bottom: x N×…; indices 0 … N-1, M of them. Top: M×….
    Raises: ShapeError if x has no batch axis, or the indices have another number of axes than 1; DataError for an index
    of no item.
    Source: batch_reindex_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE
    bottoms: ClassVar[Arity] = exactly(2)

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that the indices get no gradient."""
        return bottom == 0

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of the chosen items."""
        items, indices = bottoms
        if not items:
            raise ShapeError(f"bottom 0 is {show(items)}, must have a batch axis", path=("bottom", 0))
        need_axes(indices, 1, "bottom 1")
        return ((*indices, *items[1:]),)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Choose."""
        items, indices = bottoms
        return (items.index_select(0, row_numbers(indices, items.shape[0], "bottom 0")),)
