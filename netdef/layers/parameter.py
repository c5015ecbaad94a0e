"""Parameter: a learned blob that any layer may read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Arity, Context, Layer, ParameterSpec, exactly
from netdef.layers.register import layer
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


@layer("Parameter")
class Parameter(Layer):
    """Give a blob that is learned as a top.

    Bottom: none. Top: the blob.
    Parameters: a blob of the shape that the file gives, 0 at first.
    Raises: OptionError for a negative length.
    Source: parameter_layer.hpp.
    """

    bottoms: ClassVar[Arity] = exactly(0)

    def setup(self) -> None:
        """Read the shape."""
        self.shape = tuple(self.message.parameter_param.shape.dim)
        if any(length < 0 for length in self.shape):
            raise OptionError(f"shape {self.shape} has a negative length", path=("parameter_param", "shape"))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape that the file gives."""
        return (self.shape,)

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the blob."""
        return (ParameterSpec(self.shape, schema.FillerParameter()),)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Pass a view on, which has a gradient of its own."""
        (blob,) = params
        return (blob.view_as(blob),)
