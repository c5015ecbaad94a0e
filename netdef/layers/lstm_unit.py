"""LSTMUnit: one step of long short-term memory, its gates given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import ShapeError
from netdef.layers.base import Arity, Context, Layer, exactly
from netdef.layers.register import layer
from netdef.layers.shape import Shape, compatible, merge, need_axes, show

if TYPE_CHECKING:
    from torch import Tensor

GATES = 4


@layer("LSTMUnit")
class LSTMUnit(Layer):
    """Change a memory as its gates say, and let some of it out.

    c = cont · σ(f) · c_before + σ(i) · tanh(g)
    h = σ(o) · tanh(c)

    Bottom: c_before 1×N×H; gates 1×N×4H in the order i, f, o, g; cont 1×N, 0 where a sequence begins, else 1, without
    a gradient.
    Top: c 1×N×H; h 1×N×H.
    Raises: ShapeError if the bottoms do not fit.
    Source: lstm_unit_layer.cpp.
    """

    bottoms: ClassVar[Arity] = exactly(3)
    tops: ClassVar[Arity] = exactly(2)
    backward_reads_top: ClassVar[bool] = True

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that cont gets no gradient."""
        return bottom < 2

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the memory's shape for both tops."""
        c = bottoms[0]
        need_axes(c, 3, "bottom 0")
        length = c[2]
        memory = tuple(map(merge, (1, None, None), c))
        wanted = (memory, (*memory[:2], None if length is None else GATES * length), memory[:2])
        for index, (bottom, fitting) in enumerate(zip(bottoms, wanted, strict=True)):
            if not compatible(bottom, fitting):
                message = f"bottom {index} is {show(bottom)}, must be {show(fitting)} for a bottom 0 of {show(c)}"
                raise ShapeError(message, path=("bottom", index))
        return (memory, memory)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Take the step."""
        from netdef.layers.functions.lstm import gated

        c, gates, cont = (bottom[0] for bottom in bottoms)
        return tuple(top[None] for top in gated(c, gates, cont[..., None]))
