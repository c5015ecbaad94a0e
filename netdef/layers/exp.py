"""Exp: a base, raised to a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context
from netdef.layers.logarithm import log_base
from netdef.layers.neuron import Neuron
from netdef.layers.powers import power
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("Exp")
class Exp(Neuron):
    """Scale and shift each number, then raise ``base`` (e) to it.

    y = base^(shift + scale · x)

    Bottom: any shape. Top: the same.
    Raises: OptionError if base is neither positive nor -1, which stands for e.
    Source: exp_layer.cpp.
    """

    backward_reads_top: ClassVar[bool] = True

    def setup(self) -> None:
        """Turn the base into factors before and behind e^x."""
        options = self.message.exp_param
        slope = log_base(options, "exp_param")
        self.inner, self.outer = options.scale * slope, power(math.e, options.shift * slope)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        return ((bottoms[0] * self.inner).exp() * self.outer,)
