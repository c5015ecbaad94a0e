"""Filter: items that are wanted, without the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import ShapeError, WiringError
from netdef.layers.base import Arity, Context, Kind, Layer, at_least
from netdef.layers.register import layer
from netdef.layers.shape import Shape, agree, count, show

if TYPE_CHECKING:
    from torch import Tensor


@layer("Filter")
class Filter(Layer):
    """Keep the items whose selector, in the last bottom, is not 0; those left out get the gradient 0.

    Before the first pass the whole batch is reckoned with; each pass has as many items as its selector keeps.

    Bottom: any number of N×…; last the selector, N numbers. Top: for each bottom but the last, (items kept)×….
    Raises: WiringError if there is not a top for each bottom but the last; ShapeError if the selector has not one
    number for each item.
    Source: filter_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE
    bottoms: ClassVar[Arity] = at_least(2)
    tops: ClassVar[Arity] = at_least(1)
    traceable: ClassVar[bool] = False

    def setup(self) -> None:
        """Find the selector."""
        self.selector = len(self.message.bottom) - 1

    def check_wiring(self, bottoms: Sequence[str], tops: Sequence[str]) -> None:
        """Check the wires; the selector has no top."""
        super().check_wiring(bottoms, tops)
        if len(tops) != len(bottoms) - 1:
            message = f"has {len(bottoms)} bottoms and {len(tops)} tops, must have one top less: none for the selector"
            raise WiringError(message, path=("top",))

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that the selector gets no gradient."""
        return bottom < self.selector

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shapes of whole batches."""
        *items, selector = bottoms
        path = ("bottom", self.selector)
        if not selector or count(selector[1:]) not in (1, None):
            raise ShapeError(f"the selector is {show(selector)}, must have one number for each item", path=path)
        for index, bottom in enumerate(items):
            if not bottom or not agree(bottom[0], selector[0]):
                message = f"the selector is {show(selector)}, must have as many items as bottom {index}, {show(bottom)}"
                raise ShapeError(message, path=path)
        return tuple(items)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Choose."""
        *items, selector = bottoms
        kept = selector.flatten().nonzero()[:, 0]
        return tuple(bottom.index_select(0, kept) for bottom in items)
