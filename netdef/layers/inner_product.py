"""InnerProduct: a fully connected layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Context, Kind, Layer, ParameterSpec, Part
from netdef.layers.channels import CHANNELS, share
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis, count
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


@layer("InnerProduct")
class InnerProduct(Layer):
    """Multiply each item, read as one vector, by a matrix; add a bias.

    y[n, o] = bias[o] + Σ_k W[o, k] · x[n, k], k over all numbers of an item from ``axis`` (1) on.

    Bottom: (axes before ``axis``)×…. Top: (the same axes)×num_output.
    Parameters: W num_output×K, K×num_output if ``transpose``; bias num_output unless bias_term is false.
    Raises: OptionError without num_output; ShapeError if bottom has no such axis.
    Source: inner_product_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.INNER_PRODUCT

    def setup(self) -> None:
        """Read the options."""
        self.options = self.message.inner_product_param
        self.outputs = self.options.num_output
        self.axis = self.options.axis
        self.has_bias = self.options.bias_term
        self.transpose = self.options.transpose
        if self.outputs < 1:
            raise OptionError("num_output is 0, must be at least 1", path=("inner_product_param", "num_output"))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the axes before ``axis`` and the outputs."""
        (bottom,) = bottoms
        return ((*bottom[: self._axis(len(bottom))], self.outputs),)

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the matrix, and the bias if there is one."""
        (bottom,) = bottoms
        inputs = count(bottom[self._axis(len(bottom)) :])
        shape = (inputs, self.outputs) if self.transpose else (self.outputs, inputs)
        weight = ParameterSpec(shape, self.options.weight_filler)
        bias = ParameterSpec((self.outputs,), self.options.bias_filler)
        return (weight, bias) if self.has_bias else (weight,)

    def macs(self, *bottoms: Shape) -> int | None:
        """Return one for each number of the bottom and each output."""
        return count((*bottoms[0], self.outputs))

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether rows are not multiplied together."""
        return self._axis(len(bottoms[0])) > 0

    def split(self, count: int, *bottoms: Shape) -> tuple[Part, ...] | None:
        """Split by outputs, each part of which reads the whole bottom."""
        if self._axis(len(bottoms[0])) != CHANNELS:
            return None
        narrower = self.altered(lambda message: _set_outputs(message, self.outputs // count))
        return tuple(self._part(narrower, index, count) for index in range(count))

    def _part(self, narrower: InnerProduct, index: int, count: int) -> Part:
        top = share(self.outputs, index, count)
        weight = share(self.outputs, index, count, axis=1 if self.transpose else 0)
        blobs = (weight, share(self.outputs, index, count, axis=0)) if self.has_bias else (weight,)
        return Part(narrower, (None,), blobs, (top,))

    def _axis(self, axes: int) -> int:
        return canonical_axis(self.axis, axes, "inner_product_param.axis")

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Multiply and add."""
        (x,) = bottoms
        return (self.linear(x, params[0], params[1] if self.has_bias else None),)

    def linear(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """Multiply by a matrix that lies as the layer's own does."""
        from netdef.layers.functions.product import linear

        matrix = weight.t() if self.transpose else weight
        return linear(x.flatten(self._axis(x.dim())), matrix, bias)

    def scaled(self, weight: Tensor, factor: Tensor) -> Tensor:
        """Return a matrix that gives each output times its factor."""
        return weight * (factor if self.transpose else factor[:, None])


def _set_outputs(message: schema.LayerParameter, number: int) -> None:
    message.inner_product_param.num_output = number
