"""Input: blobs that the caller fills."""

from __future__ import annotations

from typing import ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Arity, at_least
from netdef.layers.register import layer
from netdef.layers.shape import Shape
from netdef.layers.source import Source


@layer("Input")
class Input(Source):
    """Name the blobs that the caller gives, and their shapes.

    Top: one shape for all tops, or one for each.
    Raises: OptionError if there are several shapes, but not one for each top, or a negative length.
    Source: input_layer.cpp.
    """

    tops: ClassVar[Arity] = at_least(1)

    def setup(self) -> None:
        """Read the shapes."""
        self.given = [tuple(shape.dim) for shape in self.message.input_param.shape]
        tops = len(self.message.top)
        if len(self.given) not in (0, 1, tops):
            message = f"gives {len(self.given)} shapes for {tops} tops, must give none, one, or one for each top"
            raise OptionError(message, path=("input_param", "shape"))
        for index, shape in enumerate(self.given):
            if any(length < 0 for length in shape):
                raise OptionError(f"shape {shape} has a negative length", path=("input_param", "shape", index))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shapes that the file gives, or none at all."""
        if len(self.given) == 1:
            return tuple(self.given) * len(self.message.top)
        return tuple(self.given)
