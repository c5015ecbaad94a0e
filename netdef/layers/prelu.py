"""PReLU: a ReLU that learns how steep its other half is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netdef.errors import ShapeError
from netdef.layers.base import Context, ParameterSpec
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer
from netdef.layers.shape import Shape, show
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor

QUARTER = schema.FillerParameter(type="constant", value=0.25)


@layer("PReLU")
class PReLU(Neuron):
    """Keep positive values; scale the others by a slope that is learned, one for each channel.

    y = max(x, 0) + a[c] · min(x, 0); the gradient at exactly 0 is a[c].

    Bottom: N×C×…. Top: the same.
    Parameters: a, C slopes, or a single number if ``channel_shared``; 0.25 at first.
    Raises: ShapeError for a bottom of fewer than 2 axes.
    Source: prelu_layer.cpp; arXiv 1502.01852, section 2.1.
    """

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the bottom's shape."""
        if len(bottoms[0]) < 2:
            raise ShapeError(f"bottom is {show(bottoms[0])}, must have at least 2 axes: items and channels")
        return bottoms

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the slopes."""
        options = self.message.prelu_param
        shape = () if options.channel_shared else (bottoms[0][1],)
        return (ParameterSpec(shape, options.filler if options.HasField("filler") else QUARTER),)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Apply the formula."""
        from torch.nn import functional

        return (functional.prelu(bottoms[0], params[0]),)
