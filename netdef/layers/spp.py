"""SPP: spatial pyramid pooling, a vector of one length from images of any size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Context, Kind, Layer
from netdef.layers.pooling_windows import PoolingWindows
from netdef.layers.register import layer
from netdef.layers.shape import Shape, need_axes
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor

AVE, STOCHASTIC = schema.SPPParameter.AVE, schema.SPPParameter.STOCHASTIC


@layer("SPP")
class SPP(Layer):
    """Pool each channel over grids of 1×1, 2×2, 4×4 … bins, ``pyramid_height`` of them, and join the results.

    A grid of b = 2^i bins has windows of k = ceil(length / b) side by side, and a padding of (k · b - length + 1) / 2,
    rounded down. Bins are pooled as by Pooling: MAX (the default), AVE or STOCHASTIC.

    Bottom: N×C×H×W. Top: N×(C·Σ 4^i), each grid's numbers in the order of channel, row, column; N×C×1×1 for one grid.
    Raises: OptionError without pyramid_height; ShapeError if bottom has not 4 axes, or is too small for the finest
    grid.
    Source: spp_layer.cpp; arXiv 1406.4729.
    """

    kind: ClassVar[Kind] = Kind.POOLING
    rowwise: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the number of grids and the method."""
        self.height, self.method = self.message.spp_param.pyramid_height, self.message.spp_param.pool
        if self.height < 1:
            raise OptionError("pyramid_height is 0, must be at least 1", path=("spp_param", "pyramid_height"))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of the joined grids."""
        (bottom,) = bottoms
        need_axes(bottom, 4)
        items, channels, *spatial = bottom
        for level in range(self.height):
            for length in spatial:
                if length is not None:
                    self._bins(level, length)
        if self.height == 1:
            return ((items, channels, 1, 1),)
        bins = sum(4**level for level in range(self.height))
        return ((items, None if channels is None else channels * bins),)

    def _bins(self, level: int, length: int) -> tuple[int, int]:
        """Return kernel and padding of a grid over one axis.

        Raises: ShapeError if a bin would be nothing but padding, or if STOCHASTIC pooling would meet any.
        """
        bins = 2**level
        kernel = -(-length // bins)
        pad = (kernel * bins - length + 1) // 2
        if pad >= kernel or (pad and self.method == STOCHASTIC):
            why = "a bin would be all padding" if pad >= kernel else "STOCHASTIC takes no padding"
            message = f"pyramid_height is {self.height}, but {bins} bins do not fit over a length of {length}: {why}"
            raise ShapeError(message, path=("spp_param", "pyramid_height"))
        return kernel, pad

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Pool over each grid."""
        import torch

        (x,) = bottoms
        grids = [self._pool(ctx, x, level) for level in range(self.height)]
        return (grids[0] if self.height == 1 else torch.cat([grid.flatten(1) for grid in grids], 1),)

    def _pool(self, ctx: Context, x: Tensor, level: int) -> Tensor:
        from netdef.layers.functions import pooling

        (high, above), (wide, left) = (self._bins(level, length) for length in x.shape[2:])
        windows = PoolingWindows((high, wide), (high, wide), (above, left))
        if self.method == AVE:
            return pooling.average(x, windows)
        if self.method == STOCHASTIC:
            return pooling.sampled(x, windows, ctx.draws) if ctx.train else pooling.weighted(x, windows)
        return pooling.largest(x, windows)
