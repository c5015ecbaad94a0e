"""TanH: the hyperbolic tangent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("TanH")
class TanH(Neuron):
    """Squash each number into -``amplitude`` … ``amplitude`` (1).

    y = amplitude · tanh(slope · x), tanh(x) = (e^x - e^-x) / (e^x + e^-x)

    Bottom: any shape. Top: the same.
    Source: tanh_layer.cpp; 1.7159 · tanh(2x/3): LeCun et al. 1998, appendix A.
    """

    backward_reads_top: ClassVar[bool] = True

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        options, x = self.message.tanh_param, bottoms[0]
        y = (x if options.slope == 1 else options.slope * x).tanh()
        return (y if options.amplitude == 1 else options.amplitude * y,)
