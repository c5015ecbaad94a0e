"""Im2col: the pixels of each window as channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from netdef.errors import ShapeError
from netdef.layers.base import Context, Kind, Layer
from netdef.layers.channels import CHANNELS
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis, count, show
from netdef.layers.windows import Windows, window_options

if TYPE_CHECKING:
    from torch import Tensor


@layer("Im2col")
class Im2col(Layer):
    """Gather what a convolution multiplies: each pixel of a window becomes a channel of its place.

    y[n, (c, k), p] = x[n, c, stride · p + dilation · k - pad], k the place in the kernel and p that of the window on
    each spatial axis; 0 in the padding. Windows are those of Convolution.

    Bottom: N×C×(spatial axes); ``axis`` (1) has the channels.
    Top: N×(C·kernel)×(windows), the channels in the order of bottom channel, then place in the kernel, rows first.
    Raises: OptionError for impossible windows; ShapeError if a kernel does not fit, or bottom has no spatial axis.
    Source: im2col_layer.cpp, util/im2col.cpp.
    """

    kind: ClassVar[Kind] = Kind.SHAPE

    def setup(self) -> None:
        """Read the options that do not depend on the bottom."""
        options = self.message.convolution_param
        self.axis, self.windows = options.axis, window_options(options)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of the windows."""
        (bottom,) = bottoms
        axis, windows = self._read(bottom)
        channels = count((bottom[axis], *windows.kernel))
        return ((*bottom[:axis], channels, *windows.convolved(bottom[axis + 1 :])),)

    def _read(self, bottom: Shape) -> tuple[int, Windows]:
        axis = canonical_axis(self.axis, len(bottom), "convolution_param.axis")
        spatial = len(bottom) - axis - 1
        if not spatial:
            message = f"bottom is {show(bottom)}, must have a spatial axis behind axis {axis}, the channels"
            raise ShapeError(message, path=("convolution_param", "axis"))
        return axis, self.windows.over(spatial)

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether the first axis is not the one of the channels."""
        return self._read(bottoms[0])[0] > 0

    def by_channels(self, *bottoms: Shape) -> bool:
        """Split by channels: those of one bottom channel stay together."""
        return self._read(bottoms[0])[0] == CHANNELS

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Gather."""
        (x,) = bottoms
        shape = tuple(x.shape)
        axis, windows = self._read(shape)
        windowed = _gather(x.flatten(0, axis - 1) if axis else x[None], windows)
        return (windowed.reshape(cast(tuple[int, ...], self.shapes(shape)[0])),)


def _gather(x: Tensor, windows: Windows) -> Tensor:
    """Return N×C×(kernel)×(windows) for N×C×(spatial)."""
    from torch.nn import functional

    from netdef.layers.functions.overhang import filled

    spatial = range(len(windows.kernel))
    y = functional.pad(filled(x, windows), [margin for pad in reversed(windows.pad) for margin in (pad, pad)])
    for axis in spatial:
        y = y.unfold(2 + axis, windows.extents[axis], windows.stride[axis])[..., :: windows.dilation[axis]]
    places = [2 + len(spatial) + axis for axis in spatial]
    return y.permute(0, 1, *places, *(2 + axis for axis in spatial))
