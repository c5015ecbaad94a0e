"""ELU: exponential linear unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor


@layer("ELU")
class ELU(Neuron):
    """Keep positive values; let the others sink towards -``alpha`` (-1 by default).

    y = x where x > 0, else alpha · (e^x - 1); the gradient at exactly 0 is alpha.

    Bottom: any shape. Top: the same.
    Source: elu_layer.cpp; arXiv 1511.07289, equation 16.
    """

    backward_reads_top: ClassVar[bool] = True

    def setup(self) -> None:
        """Read how deep it sinks."""
        self.alpha = self.message.elu_param.alpha

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        from torch.nn import functional

        return (functional.elu(bottoms[0], self.alpha),)
