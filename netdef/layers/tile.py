"""Tile: a blob set beside itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Context, Kind, Layer
from netdef.layers.channels import CHANNELS
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis

if TYPE_CHECKING:
    from torch import Tensor


@layer("Tile")
class Tile(Layer):
    """Repeat the bottom ``tiles`` times along ``axis`` (1), one copy behind the other.

    Bottom: any shape that has the axis. Top: the same, tiles times as long at the axis.
    Raises: OptionError without tiles; ShapeError if bottom has no such axis.
    Source: tile_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE

    def setup(self) -> None:
        """Read how often, and along which axis."""
        self.tiles, self.axis = self.message.tile_param.tiles, self.message.tile_param.axis
        if self.tiles < 1:
            raise OptionError(f"tiles is {self.tiles}, must be at least 1", path=("tile_param", "tiles"))

    def _axis(self, axes: int) -> int:
        return canonical_axis(self.axis, axes, "tile_param.axis")

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the repeated shape."""
        (bottom,) = bottoms
        axis = self._axis(len(bottom))
        length = bottom[axis]
        return ((*bottom[:axis], None if length is None else length * self.tiles, *bottom[axis + 1 :]),)

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether rows are not what is repeated."""
        return self._axis(len(bottoms[0])) > 0

    def by_channels(self, *bottoms: Shape) -> bool:
        """Tell whether channels are not repeated."""
        return self._axis(len(bottoms[0])) != CHANNELS

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Repeat."""
        import torch

        (x,) = bottoms
        return (torch.cat([x] * self.tiles, self._axis(x.dim())),)
