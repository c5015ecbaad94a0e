"""BNLL: binomial normal log likelihood, a smooth ReLU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor

STEEPEST = 50.0  # beyond it y = x and the gradient is 1, in every dtype


@layer("BNLL")
class BNLL(Neuron):
    """Bend a line smoothly down to 0.

    y = log(1 + e^x)

    Bottom: any shape. Top: the same.
    Source: bnll_layer.cpp.
    """

    backward_overwrites_itself: ClassVar[bool] = True

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        from torch.nn import functional

        return (functional.softplus(bottoms[0], threshold=STEEPEST),)
