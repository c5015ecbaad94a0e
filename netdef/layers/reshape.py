"""Reshape: the same numbers under other axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Context, Kind, Layer
from netdef.layers.register import layer
from netdef.layers.shape import Shape, count, show

if TYPE_CHECKING:
    from torch import Tensor

COPY, INFER = 0, -1  # lengths in ``shape``
ALL = -1  # in ``num_axes``


@layer("Reshape")
class Reshape(Layer):
    """Put ``shape`` in place of ``num_axes`` (all) axes from ``axis`` (0) on; the order of the numbers stays.

    In ``shape``, 0 copies the bottom's length at that place and one -1 is what remains. An ``axis`` of -1 is the end:
    axes are appended. A ``num_axes`` of 0 inserts, -1 means all that follow.

    Bottom: any shape. Top: as asked, as many numbers.
    Raises: OptionError for several -1 or a negative length; ShapeError if the numbers do not fit into the shape.
    Source: reshape_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE
    shares_memory: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the lengths asked for."""
        self.options = self.message.reshape_param
        self.asked = tuple(self.options.shape.dim)
        self.shown = f"shape ({', '.join(map(str, self.asked))})"
        path = ("reshape_param", "shape")
        if self.asked.count(INFER) > 1:
            raise OptionError(f"{self.shown} has several -1, must have at most one", path=path)
        if min(self.asked, default=0) < INFER:
            raise OptionError(f"{self.shown} has a length below -1, must have none", path=path)
        if self.options.num_axes < -1:
            message = f"num_axes is {self.options.num_axes}, must be -1 (all that follow) or more"
            raise OptionError(message, path=("reshape_param", "num_axes"))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the new shape."""
        (bottom,) = bottoms
        start, end = self._range(bottom)
        lengths = self._copied(bottom, start)
        here, asked = self._compared(bottom, start, end)
        if here is None or asked is None:
            rest = None
        elif self._fits(here, asked):
            rest = here // max(asked, 1)
        else:
            counts = f"the axes hold {here}, it asks for {'a multiple of ' if INFER in self.asked else ''}{asked}"
            message = f"{self.shown} does not fit bottom, {show(bottom)}: {counts}"
            raise ShapeError(message, path=("reshape_param", "shape"))
        return ((*bottom[:start], *(rest if length == INFER else length for length in lengths), *bottom[end:]),)

    def _fits(self, here: int, asked: int) -> bool:
        return asked > 0 and here % asked == 0 if INFER in self.asked else here == asked

    def _range(self, bottom: Shape) -> tuple[int, int]:
        """Return where the replaced axes begin and end."""
        axis, number, axes = self.options.axis, self.options.num_axes, len(bottom)
        start = axis if axis >= 0 else axes + 1 + axis
        if not 0 <= start <= axes:
            raise ShapeError(f"axis is {axis}, but bottom is {show(bottom)}", path=("reshape_param", "axis"))
        end = axes if number == ALL else start + number
        if end > axes:
            message = f"axis {axis} and num_axes {number} reach beyond bottom, {show(bottom)}"
            raise ShapeError(message, path=("reshape_param", "num_axes"))
        return start, end

    def _copied(self, bottom: Shape, start: int) -> list[int | None]:
        """Return the lengths asked for, with bottom's in place of each 0."""
        beyond = [start + place for place in self._copies() if start + place >= len(bottom)]
        if beyond:
            message = f"{self.shown} copies axis {beyond[0]}, but bottom is {show(bottom)}"
            raise ShapeError(message, path=("reshape_param", "shape"))
        return [bottom[start + place] if length == COPY else length for place, length in enumerate(self.asked)]

    def _copies(self) -> list[int]:
        return [place for place, length in enumerate(self.asked) if length == COPY]

    def _compared(self, bottom: Shape, start: int, end: int) -> tuple[int | None, int | None]:
        """Return how many numbers the replaced axes hold and how many are asked for, copied lengths left out."""
        copied = {start + place for place in self._copies()}
        here = count(bottom[axis] for axis in range(start, end) if axis not in copied)
        beside = [bottom[axis] for axis in sorted(copied) if axis >= end]
        return here, count([*beside, *(length for length in self.asked if length not in (COPY, INFER))])

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether the first axis stays as it is."""
        return self.options.axis > 0 or (self.options.axis == 0 and self._copies()[:1] == [0])

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Reshape."""
        (x,) = bottoms
        (shape,) = self.shapes(tuple(x.shape))
        return (x.reshape(cast(tuple[int, ...], shape)),)
