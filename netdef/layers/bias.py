"""Bias: a number added to each channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context, ParameterSpec
from netdef.layers.per_axis import PerAxis, spread
from netdef.layers.register import layer
from netdef.layers.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor


@layer("Bias")
class Bias(PerAxis):
    """Add numbers, learned or from a second bottom, that cover ``num_axes`` (1) axes from ``axis`` (1) on.

    y = x + b; b is repeated over the axes that it does not cover.

    Bottom: any shape; b of the shape of the covered axes, else it is learned. Top: the first bottom's shape.
    Parameters: b unless it is a bottom.
    Raises: OptionError for an impossible num_axes; ShapeError if b does not fit over the bottom.
    Source: bias_layer.cpp.
    """

    option: ClassVar[str] = "bias_param"

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return b unless it is given."""
        bias = ParameterSpec(self.covered(*bottoms), self.message.bias_param.filler)
        return (bias,) if len(bottoms) == 1 else ()

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Add."""
        x, bias = (*bottoms, *params)
        return (x + spread(bias, x.dim(), self.axis(x.dim(), bias.dim())),)

    def affine(self, blobs: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return the factor and the offset of each channel where b is learned, in float64."""
        offset = blobs[0].double()
        return offset.new_ones(offset.shape), offset
