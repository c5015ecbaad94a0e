"""Embed: a learned row for each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Context, Kind, Layer, ParameterSpec
from netdef.layers.indices import row_numbers
from netdef.layers.register import layer
from netdef.layers.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor


@layer("Embed")
class Embed(Layer):
    """Look up a row of a table for each index; add a bias.

    y[…, o] = bias[o] + W[x[…], o]: what InnerProduct computes of one-hot vectors, without the zeros.

    Bottom: any shape, indices 0 … input_dim - 1, which get no gradient. Top: the same and a last axis num_output.
    Parameters: W input_dim×num_output; bias num_output unless bias_term is false.
    Raises: OptionError without num_output or input_dim; DataError for an index of no row.
    Source: embed_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.INNER_PRODUCT

    def setup(self) -> None:
        """Read the size of the table."""
        self.options = self.message.embed_param
        self.outputs, self.rows = self.options.num_output, self.options.input_dim
        for name in ("num_output", "input_dim"):
            if getattr(self.options, name) < 1:
                raise OptionError(f"{name} is 0, must be at least 1", path=("embed_param", name))

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that indices get no gradient."""
        return False

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the bottom's shape with the axis of a row."""
        return ((*bottoms[0], self.outputs),)

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the table, and the bias if there is one."""
        table = ParameterSpec((self.rows, self.outputs), self.options.weight_filler)
        bias = ParameterSpec((self.outputs,), self.options.bias_filler)
        return (table, bias) if self.options.bias_term else (table,)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Look up and add."""
        from torch.nn import functional

        y = functional.embedding(row_numbers(bottoms[0], self.rows, "the table"), params[0])
        return (y + params[1] if self.options.bias_term else y,)
