"""Scale: a factor for each channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.layers.base import Context, ParameterSpec
from netdef.layers.per_axis import PerAxis, spread
from netdef.layers.register import layer
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor

ONES = schema.FillerParameter(type="constant", value=1)


@layer("Scale")
class Scale(PerAxis):
    """Multiply by factors, learned or from a second bottom, that cover ``num_axes`` (1) axes from ``axis`` (1) on.

    y = x · s, or x · s + b with ``bias_term``; s and b are repeated over the axes that they do not cover.

    Bottom: any shape; factors of the shape of the covered axes, else they are learned. Top: the first bottom's shape.
    Parameters: s unless it is a bottom, then b if there is one; each of the shape of the covered axes.
    Raises: OptionError for an impossible num_axes; ShapeError if the factors do not fit over the bottom.
    Source: scale_layer.cpp.
    """

    option: ClassVar[str] = "scale_param"

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the factors that are learned, and the bias if there is one."""
        options = self.message.scale_param
        shape = self.covered(*bottoms)
        factors = ParameterSpec(shape, options.filler if options.HasField("filler") else ONES)
        bias = ParameterSpec(shape, options.bias_filler)
        return (factors,) * (len(bottoms) == 1) + (bias,) * options.bias_term

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Multiply, and add the bias."""
        x, factors, *bias = (*bottoms, *params)
        start = self.axis(x.dim(), factors.dim())
        factors = spread(factors, x.dim(), start)
        if not bias:
            return (x * factors,)
        return (spread(bias[0], x.dim(), start).addcmul(x, factors),)

    def affine(self, blobs: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return the factor and the offset of each channel where the factors are learned, in float64."""
        factor, *bias = (blob.double() for blob in blobs)
        return factor, bias[0] if bias else factor.new_zeros(factor.shape)
