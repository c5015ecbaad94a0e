"""Deconvolution: a convolution turned round, which makes images larger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import ParameterSpec
from netdef.layers.convolution import LONGEST_NATIVE, Convolution
from netdef.layers.part import Part, Range, share
from netdef.layers.register import layer
from netdef.layers.shape import Shape, compatible, count, show
from netdef.layers.windows import Windows

if TYPE_CHECKING:
    from torch import Tensor


@layer("Deconvolution")
class Deconvolution(Convolution):
    """Spread each pixel over a window, weighted by the kernels: what Convolution's backward pass does.

    y[n, o, q] = bias[o] + Σ_i Σ_k W[i, o, k] · x[n, i, p], over all p and k with stride · p + dilation · k - pad = q on
    each spatial axis, i over the channels of o's group.
    Each spatial length becomes stride·(length - 1) + dilation·(kernel - 1) + 1 - 2·pad.

    Bottom: N×C×(spatial axes), any number of them, of one shape; ``axis`` (1) has the channels, those before it items.
    Top: N×num_output×(spatial), one for each bottom.
    Parameters: W C × num_output/group × kernel, bias num_output unless bias_term is false.
    Raises: OptionError for impossible windows or groups; ShapeError if the padding leaves nothing.
    Source: base_conv_layer.cpp, deconv_layer.cpp.
    """

    def setup(self) -> None:
        """Read the options; there is no table of connections."""
        super().setup()
        if self.connections:
            raise OptionError("connection is for Convolution alone", path=("convolution_param", "connection", 0))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of each top."""
        axis, windows = self._read(bottoms[0])
        for index, bottom in enumerate(bottoms):
            if not compatible(bottom, bottoms[0]):
                message = f"bottom {index} is {show(bottom)}, must be as bottom 0, {show(bottoms[0])}"
                raise ShapeError(message, path=("bottom", index))
        return tuple((*b[:axis], self.outputs, *_enlarged(windows, b[axis + 1 :])) for b in bottoms)

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the kernels, laid out as those of a convolution from top to bottom, and the bias if there is one."""
        axis, windows = self._read(bottoms[0])
        shape = (bottoms[0][axis], self.outputs // self.group, *windows.kernel)
        weight = ParameterSpec(shape, self.options.weight_filler)
        bias = ParameterSpec((self.outputs,), self.options.bias_filler)
        return (weight, bias) if self.options.bias_term else (weight,)

    def macs(self, *bottoms: Shape) -> int | None:
        """Return pixels × (kernel elements that each is multiplied by)."""
        _, windows = self._read(bottoms[0])
        return count((len(bottoms), *bottoms[0], self.outputs // self.group, *windows.kernel))

    def split(self, count: int, *bottoms: Shape) -> tuple[Part, ...] | None:
        """Split by outputs as a convolution, but not inside of groups: their kernels would have to be cut twice."""
        return super().split(count, *bottoms) if self.group == 1 or self.group >= count else None

    def _kernels_of_part(self, channels: int, index: int, count: int) -> Range | None:
        if self.group == 1:
            return share(self.outputs, index, count, axis=1)
        return share(channels, index, count, axis=0)

    def _convolve(self, params: Sequence[Tensor], x: Tensor) -> Tensor:
        axis, windows = self._read(tuple(x.shape))
        bias = params[1] if self.options.bias_term else None
        items = x.flatten(0, axis - 1) if axis else x[None]
        y = _deconvolve(items, params[0], bias, windows, self.group)
        return y.reshape(*x.shape[:axis], *y.shape[1:])


def _enlarged(windows: Windows, spatial: Shape) -> Shape:
    """Return the lengths that the windows, set side by side, cover without the padding.

    Raises: ShapeError if nothing is left.
    """
    lengths: list[int | None] = []
    for axis, length in enumerate(spatial):
        if length is None:
            lengths.append(None)
            continue
        covered, pad = windows.stride[axis] * (length - 1) + windows.extent(axis), windows.pad[axis]
        if covered <= 2 * pad:
            message = f"pad is {pad} on spatial axis {axis}, must leave something of the {covered} covered there"
            raise ShapeError(message, path=("convolution_param", "pad", 0))
        lengths.append(covered - 2 * pad)
    return tuple(lengths)


def _deconvolve(x: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows, group: int) -> Tensor:
    """Deconvolve N×C×(spatial); a missing spatial axis is one of length 1."""
    from torch.nn import functional

    axes = x.dim() - 2
    if axes > LONGEST_NATIVE:
        raise ShapeError(f"bottom has {axes} spatial axes, must have at most {LONGEST_NATIVE}")
    if axes == 0:
        return functional.conv_transpose1d(x[..., None], weight[..., None], bias, groups=group)[..., 0]
    spread = (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d)[axes - 1]
    return spread(x, weight, bias, windows.stride, windows.pad, 0, group, windows.dilation)
