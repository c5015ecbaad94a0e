"""Convolution: learned kernels slid over the spatial axes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Arity, Context, Kind, Layer, ParameterSpec, Part, at_least
from netdef.layers.channels import CHANNELS, Range, groups_of_part, share
from netdef.layers.connections import Connections, read_connections
from netdef.layers.pooling_windows import PoolingWindows, is_small
from netdef.layers.register import layer
from netdef.layers.shape import Shape, canonical_axis, compatible, count, show
from netdef.layers.windows import Windows, window_options
from netdef.layers.winograd_choice import pays
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor

IMAGE_AXES = 4
FEWER = 2  # places of a convolution for each maximum: with fewer places, all of them are led back as fast
LONGEST_NATIVE = 3  # torch convolves over one to three spatial axes


@layer("Convolution")
class Convolution(Layer):
    """Convolve each bottom with the same kernels.

    y[n, o, …] = bias[o] + Σ_i Σ_k W[o, i, k] · x[n, i, stride·… + dilation·k - pad], i over the channels of o's group.
    Each spatial length becomes floor((length + 2·pad - (dilation·(kernel - 1) + 1)) / stride) + 1. Where a
    kernel reaches beyond the padded bottom by less than a stride, there is one window, and zeros behind its end.
    With rows of ``connection``, i runs over the channels that the row of o names.
    On a CPU layers of 3×3 or 5×5 kernels and stride 1 may be summed by Winograd's algorithm, which rounds otherwise: by
    up to some 4e-6 of the largest output. ``engine: CAFFE`` asks for the sums as they stand.

    Bottom: N×C×(spatial axes, three at most), any number of them, of one shape; ``axis`` (1) has the channels, those
    before it items.
    Top: N×num_output×(spatial), one for each bottom.
    Parameters: W num_output × C/group × kernel, bias num_output unless bias_term is false. With rows of ``connection``
    W is K × kernel, a kernel for each of the K connections, row by row, in the order in which they stand there.
    Raises: OptionError for impossible windows, groups or connections; ShapeError if a kernel does not fit.
    Source: base_conv_layer.cpp, conv_layer.cpp; Lavin and Gray 2015; connections: LeCun et al. 1998, II.B, table I.
    """

    kind: ClassVar[Kind] = Kind.CONVOLUTION
    bottoms: ClassVar[Arity] = at_least(1)
    tops: ClassVar[Arity] = at_least(1)

    def setup(self) -> None:
        """Read the options that do not depend on the bottom."""
        self.options = self.message.convolution_param
        self.outputs = self.options.num_output
        self.group = self.options.group
        self.axis = self.options.axis
        self.has_bias = self.options.bias_term
        self.plain_sums = self.options.engine == schema.ConvolutionParameter.CAFFE
        self.windows = window_options(self.options)
        self.connections: Connections | None = None
        if self.outputs < 1:
            raise OptionError("num_output is 0, must be at least 1", path=("convolution_param", "num_output"))
        if self.group < 1 or self.outputs % self.group:
            message = f"num_output is {self.outputs}, must be a multiple of group, which is {self.group}"
            raise OptionError(message, path=("convolution_param", "group"))
        if len(self.message.bottom) != len(self.message.top):
            message = f"has {len(self.message.bottom)} bottoms and {len(self.message.top)} tops, must have as many"
            raise OptionError(message, path=("top",))
        self.connections = read_connections(self.options)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of each top."""
        axis, windows = self._read(bottoms[0])
        for index, bottom in enumerate(bottoms):
            if not compatible(bottom, bottoms[0]):
                message = f"bottom {index} is {show(bottom)}, must be as bottom 0, {show(bottoms[0])}"
                raise ShapeError(message, path=("bottom", index))
        return tuple((*b[:axis], self.outputs, *self._lengths(windows, b[axis + 1 :])) for b in bottoms)

    def _lengths(self, windows: Windows, spatial: Shape) -> Shape:
        return windows.convolved(spatial)

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the kernels, and the bias if there is one."""
        axis, windows = self._read(bottoms[0])
        pairs = self._pairs(bottoms[0][axis])
        weight = ParameterSpec((*pairs, *windows.kernel), self.options.weight_filler)
        bias = ParameterSpec((self.outputs,), self.options.bias_filler)
        return (weight, bias) if self.has_bias else (weight,)

    def macs(self, *bottoms: Shape) -> int | None:
        """Return outputs × (kernel elements that each sums up)."""
        axis, windows = self._read(bottoms[0])
        top = self.shapes(bottoms[0])[0]
        pairs = self._pairs(bottoms[0][axis])
        return count((len(bottoms), *top[:axis], *pairs, *top[axis + 1 :], *windows.kernel))

    def _pairs(self, channels: int | None) -> Shape:
        """Return the first extents of the weights, which count the kernels: one for each pair of connected channels."""
        if self.connections:
            return (len(self.connections),)
        return (self.outputs, None if channels is None else channels // self.group)

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether the first axis is not the one of the channels."""
        return canonical_axis(self.axis, len(bottoms[0]), "convolution_param.axis") > 0

    def split(self, count: int, *bottoms: Shape) -> tuple[Part, ...] | None:
        """Split by outputs; a part whose groups are its own reads only their channels, else the whole bottom."""
        axis, _ = self._read(bottoms[0])
        channels = bottoms[0][axis]
        if axis != CHANNELS or channels is None or self.connections:
            return None
        return tuple(self._part(channels, index, count, len(bottoms)) for index in range(count))

    def _part(self, channels: int, index: int, count: int, bottoms: int) -> Part:
        top, bias = share(self.outputs, index, count), share(self.outputs, index, count, axis=0)
        part, parts, groups = groups_of_part(self.group, index, count)
        narrower = self.altered(lambda message: _narrow(message, self.outputs // count, groups))
        blobs = (self._kernels_of_part(channels, index, count), bias)[: 1 + self.has_bias]
        return Part(narrower, (share(channels, part, parts),) * bottoms, blobs, (top,) * bottoms)

    def _kernels_of_part(self, channels: int, index: int, count: int) -> Range | None:
        return share(self.outputs, index, count, axis=0)

    def _read(self, bottom: Shape) -> tuple[int, Windows]:
        axis = canonical_axis(self.axis, len(bottom), "convolution_param.axis")
        channels = bottom[axis]
        if channels is not None and channels % self.group:
            message = f"bottom has {channels} channels, must be a multiple of group, which is {self.group}"
            raise ShapeError(message, path=("convolution_param", "group"))
        if self.connections and channels is not None:
            self.connections.check_channels(channels)
        spatial = len(bottom) - axis - 1
        if spatial > LONGEST_NATIVE:
            message = f"bottom is {show(bottom)}, with {spatial} spatial axes, must have at most {LONGEST_NATIVE}"
            raise ShapeError(message, path=("bottom", 0))
        return axis, self.windows.over(spatial)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Convolve each bottom."""
        bias = params[1] if self.has_bias else None
        return tuple(self.linear(bottom, params[0], bias) for bottom in bottoms)

    def scaled(self, weight: Tensor, factor: Tensor) -> Tensor:
        """Return kernels that give each output times its factor, where there are no connections."""
        return weight * factor.view(-1, *(1 for _ in weight.shape[1:]))

    def by_winograd(self, x: Tensor, weight: Tensor, *, kept: bool = False) -> bool:
        """Tell whether x N×C×H×W is convolved by Winograd's algorithm; ``kept``: values of kernels are found once."""
        if x.dim() != IMAGE_AXES or self.plain_sums or not self.windows.over(IMAGE_AXES - 2).are_plain():
            return False
        from netdef.layers.functions.images import suits

        # Sizes of what is traced are not asked for: they would be fixed.
        return suits(x, weight) and self._winograd_pays(x.shape, kept=kept)

    def _winograd_pays(self, shape: Sequence[int], *, kept: bool = False) -> bool:
        if len(shape) != IMAGE_AXES or self.plain_sums:
            return False
        windows = self.windows.over(IMAGE_AXES - 2)
        plain = windows.are_plain()
        return plain and pays(shape, self.outputs, windows.kernel[0], windows.pad[0], self.group, kept=kept)

    def maxima_at_once(self, bottom: Shape, pooling: PoolingWindows) -> bool:
        """Tell whether maxima of windows of what a bottom is convolved to are found faster without the rest of it."""
        if self.group > 1 or self.axis != CHANNELS or self.connections or len(bottom) != IMAGE_AXES:
            return False
        windows, lengths = self.windows.over(IMAGE_AXES - 2), tuple(length or 0 for length in bottom)
        if not is_small(pooling) or set(windows.dilation) != {1} or self._winograd_pays(lengths):
            return False
        if any(windows.lack(axis, length) for axis, length in enumerate(lengths[2:])):
            return False
        height, width = (length or 0 for length in windows.convolved(lengths[2:]))
        return pooling.usual(height, width) and prod(pooling.stride) >= FEWER

    def linear(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """Convolve with kernels that lie as the layer's own do."""
        axis, windows = self._read(tuple(x.shape))
        items = x.flatten(0, axis - 1) if axis > 1 else x if axis == 1 else x[None]
        kernels = self.connections.whole(weight, x.shape[axis]) if self.connections else weight
        y = self._apply(items, kernels, bias, windows)
        return y if axis == 1 else y.reshape(*x.shape[:axis], *y.shape[1:])

    def _apply(self, x: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows) -> Tensor:
        """Convolve N×C×(spatial)."""
        if self.by_winograd(x, weight):
            from netdef.layers.functions.winograd import convolve

            return convolve(x, weight, bias, windows.pad[0], self.group)
        return _convolve(x, weight, bias, windows, self.group)


def _narrow(message: schema.LayerParameter, outputs: int, group: int) -> None:
    message.convolution_param.num_output = outputs
    message.convolution_param.group = group


def _convolve(x: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows, group: int) -> Tensor:
    """Convolve N×C×(spatial); a missing spatial axis is one of length 1."""
    from torch.nn import functional

    from netdef.layers.functions.overhang import filled

    axes = x.dim() - 2
    if axes == 0:
        y = functional.conv1d(x[..., None], weight[..., None], bias, groups=group)
        return y[..., 0]
    convolve = (functional.conv1d, functional.conv2d, functional.conv3d)[axes - 1]
    return convolve(filled(x, windows), weight, bias, windows.stride, windows.pad, windows.dilation, group)
