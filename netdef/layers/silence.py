"""Silence: an end for blobs that nobody reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Arity, Context, Layer, at_least, exactly
from netdef.layers.register import layer
from netdef.layers.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor


@layer("Silence")
class Silence(Layer):
    """Take blobs so that they are not outputs of the net; their gradient from here is 0.

    A loss that goes in here trains only with a loss_weight in the file: the one that it has by default is written over
    by that 0.

    Bottom: any number, of any shapes. Top: none.
    Source: silence_layer.cpp.
    """

    bottoms: ClassVar[Arity] = at_least(1)
    tops: ClassVar[Arity] = exactly(0)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return no shape."""
        return ()

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Return nothing."""
        return ()
