"""Log: the logarithm of a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Context
from netdef.layers.logarithm import log_base
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("Log")
class Log(Neuron):
    """Scale and shift each number, then take its logarithm to ``base`` (e).

    y = log(shift + scale · x) / log(base)

    Bottom: any shape. Top: the same.
    Raises: OptionError if base is 1, or neither positive nor -1, which stands for e.
    Source: log_layer.cpp.
    """

    backward_overwrites_itself: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the line and the base."""
        options = self.message.log_param
        self.scale, self.shift = options.scale, options.shift
        self.log_base = log_base(options, "log_param")
        if self.log_base == 0:
            raise OptionError("base is 1, must be another number: 1 to any power is 1", path=("log_param", "base"))

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        return ((bottoms[0] * self.scale + self.shift).log() / self.log_base,)
