"""Power: a line, raised to a power."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.powers import power
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("Power")
class Power(Neuron):
    """Scale and shift each number, then raise it to a power.

    y = (shift + scale · x)^power; where power or scale is 0, a constant whose gradient is 0.

    Bottom: any shape. Top: the same.
    Source: power_layer.cpp.
    """

    backward_reads_top: ClassVar[bool] = True
    backward_overwrites_itself: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the three numbers."""
        options = self.message.power_param
        self.power, self.scale, self.shift = options.power, options.scale, options.shift

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        (x,) = bottoms
        if self.power * self.scale == 0:
            # the derivative of (0·x)^0.5 is 0·∞; a filled copy keeps its place in the graph and sends zeros back
            return (x.clone().fill_(power(self.shift, self.power)),)
        line = x if self.scale == 1 else x * self.scale
        line = line if self.shift == 0 else line + self.shift
        return (line if self.power == 1 else line.pow(self.power),)
