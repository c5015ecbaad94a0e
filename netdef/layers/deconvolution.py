"""Deconvolution: a convolution turned round, which makes images larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Part
from netdef.layers.channels import Range, share
from netdef.layers.convolution import Convolution
from netdef.layers.register import layer
from netdef.layers.shape import Shape, count
from netdef.layers.windows import Windows

if TYPE_CHECKING:
    from torch import Tensor


@layer("Deconvolution")
class Deconvolution(Convolution):
    """Spread each pixel over a window, weighted by the kernels: what Convolution's backward pass does.

    y[n, o, q] = bias[o] + Σ_i Σ_k W[i, o, k] · x[n, i, p], over all p and k with stride · p + dilation · k - pad = q on
    each spatial axis, i over the channels of o's group.
    Each spatial length becomes stride·(length - 1) + dilation·(kernel - 1) + 1 - 2·pad.

    Bottom: N×C×(spatial axes, three at most), any number of them, of one shape; ``axis`` (1) has the channels, those
    before it items.
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

    def _lengths(self, windows: Windows, spatial: Shape) -> Shape:
        return _enlarged(windows, spatial)

    def _pairs(self, channels: int | None) -> Shape:
        # laid out as the weights of a convolution from top to bottom
        return (channels, self.outputs // self.group)

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

    def _apply(self, x: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows) -> Tensor:
        return _deconvolve(x, weight, bias, windows, self.group)


def _enlarged(windows: Windows, spatial: Shape) -> Shape:
    """Return the lengths that the windows, set side by side, cover without the padding.

    Raises: ShapeError if nothing is left.
    """
    lengths: list[int | None] = []
    for axis, length in enumerate(spatial):
        if length is None:
            lengths.append(None)
            continue
        covered, pad = windows.stride[axis] * (length - 1) + windows.extents[axis], windows.pad[axis]
        if covered <= 2 * pad:
            message = f"pad is {pad} on spatial axis {axis}, must leave something of the {covered} covered there"
            raise ShapeError(message, path=("convolution_param", "pad", 0))
        lengths.append(covered - 2 * pad)
    return tuple(lengths)


def _deconvolve(x: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows, group: int) -> Tensor:
    """Deconvolve N×C×(spatial); a missing spatial axis is one of length 1."""
    from torch.nn import functional

    axes = x.dim() - 2
    if axes == 0:
        return functional.conv_transpose1d(x[..., None], weight[..., None], bias, groups=group)[..., 0]
    spread = (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d)[axes - 1]
    return spread(x, weight, bias, windows.stride, windows.pad, 0, group, windows.dilation)
