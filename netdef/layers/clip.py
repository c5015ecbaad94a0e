"""Clip: numbers kept within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("Clip")
class Clip(Neuron):
    """Raise what is below ``min`` to it, and lower what is above ``max`` to it.

    y = min below min, max above max, else x; the gradient is 1 from min to max, both included, and 0 beyond.

    Bottom: any shape. Top: the same.
    Raises: OptionError if a bound is missing, or min is above max.
    Source: clip_layer.cpp.
    """

    backward_overwrites_itself: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the bounds."""
        options = self.message.clip_param
        for bound in ("min", "max"):
            if not options.HasField(bound):
                raise OptionError(f"has no {bound}, must give min and max", path=("clip_param",))
        self.least, self.most = options.min, options.max
        if self.least > self.most:
            message = f"min is {self.least:g}, must not be above max, {self.most:g}"
            raise OptionError(message, path=("clip_param", "min"))

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        return (bottoms[0].clamp(self.least, self.most),)
