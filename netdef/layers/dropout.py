"""Dropout: random silence in training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Context, Kind
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer

if TYPE_CHECKING:
    from torch import Tensor

STEPS = 1 << 24  # of the ratio: whole numbers, so that every dtype drops the same


@layer("Dropout")
class Dropout(Neuron):
    """In training, set numbers to 0 with probability p = ``dropout_ratio`` (0.5) and scale up the others.

    y = x / (1 - p) with probability 1 - p, else 0, so that the expected value of y is x. In testing y = x.

    Bottom: any shape. Top: the same.
    Raises: OptionError for a ratio outside 0 … 1.
    Source: dropout_layer.cpp; Srivastava et al., JMLR 15 (2014), section 10.
    """

    kind: ClassVar[Kind] = Kind.REGULARIZATION

    def setup(self) -> None:
        """Read the ratio."""
        self.ratio = self.message.dropout_param.dropout_ratio
        if not 0 <= self.ratio <= 1:
            message = f"dropout_ratio is {self.ratio:g}, must be from 0 to 1"
            raise OptionError(message, path=("dropout_param", "dropout_ratio"))

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Drop in training, pass on in testing."""
        (x,) = bottoms
        if not ctx.train or self.ratio == 0:
            return (x,)
        kept = (ctx.draws.bits(x) & (STEPS - 1)) >= round(self.ratio * STEPS)
        scale = 1 / (1 - self.ratio) if self.ratio < 1 else 0.0
        return (x * kept * scale,)
