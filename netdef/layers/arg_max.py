"""ArgMax: where the largest numbers stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Context, Kind, Layer
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis, count, show

if TYPE_CHECKING:
    from torch import Tensor


@layer("ArgMax")
class ArgMax(Layer):
    """Find the ``top_k`` (1) largest numbers of each item, or along ``axis`` if it is given, the largest first.

    Of equal numbers the one with the larger index comes first. No gradient goes down.

    Bottom: N×…, or any shape that has the axis.
    Top: their indices among all numbers of the item, N×1×top_k with axes of length 1 behind it up to bottom's number;
    N×2×top_k with ``out_max_val``, which adds the numbers behind the indices. Along an axis: the bottom's shape with
    top_k at the axis, of the indices, or of the numbers alone with out_max_val.
    Raises: OptionError if top_k is 0; ShapeError if there are fewer numbers than top_k, or no such axis.
    Source: argmax_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.METRIC

    def setup(self) -> None:
        """Read how many are asked for, and where."""
        options = self.message.argmax_param
        self.top_k, self.values = options.top_k, options.out_max_val
        self.axis = options.axis if options.HasField("axis") else None
        if self.top_k < 1:
            raise OptionError("top_k is 0, must be at least 1", path=("argmax_param", "top_k"))

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that indices have no gradient."""
        return False

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of the indices (and values)."""
        (bottom,) = bottoms
        if self.axis is not None:
            axis = canonical_axis(self.axis, len(bottom), "argmax_param.axis")
            self._check_number(bottom[axis], bottom)
            return ((*bottom[:axis], self.top_k, *bottom[axis + 1 :]),)
        if not bottom:
            raise ShapeError("bottom is a single number, must have a batch axis")
        self._check_number(count(bottom[1:]), bottom)
        return ((bottom[0], 2 if self.values else 1, self.top_k, *(1,) * (len(bottom) - 3)),)

    def _check_number(self, number: int | None, bottom: Shape) -> None:
        if number is not None and self.top_k > number:
            message = f"top_k is {self.top_k}, must be at most {number}, as bottom is {show(bottom)}"
            raise ShapeError(message, path=("argmax_param", "top_k"))

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Sort."""
        import torch

        from netdef.layers.functions.rows import rows

        x = bottoms[0].detach()
        if self.axis is not None:
            values, indices = self._largest(x, self.axis)
            return (values if self.values else indices,)
        values, indices = self._largest(rows(x), 1)
        found = torch.stack((indices, values) if self.values else (indices,), 1)
        return (found.reshape(*found.shape, *(1,) * (x.dim() - 3)),)

    def _largest(self, x: Tensor, axis: int) -> tuple[Tensor, Tensor]:
        """Return the largest along an axis and their indices; turned round, the last of equals is found first."""
        values, indices = x.flip(axis).sort(dim=axis, descending=True, stable=True)
        indices = x.shape[axis] - 1 - indices.narrow(axis, 0, self.top_k)
        return values.narrow(axis, 0, self.top_k), indices.to(x.dtype)
