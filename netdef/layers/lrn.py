"""LRN: local response normalization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Context, Kind, Layer, Part
from netdef.layers.channels import CHANNELS, Range, groups_of_part, share
from netdef.layers.register import layer
from netdef.layers.shape import Shape, need_axes, show
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


@layer("LRN")
class LRN(Layer):
    """Divide each number by the strength of those around it.

    ACROSS_CHANNELS: y = x / (k + alpha/n · Σ x²)^beta, the sum over the n = ``local_size`` (5) channels around the
    number's own, as far as there are any; with ``group``, each of so many equal ranges of channels by itself.
    WITHIN_CHANNEL: y = x / (1 + alpha/n² · Σ x²)^beta, the sum over the n×n pixels around it; k is ignored.

    Bottom: N×C×H×W. Top: the same.
    Raises: OptionError for an even local_size or group 0; ShapeError if bottom has not 4 axes, or its channels are no
    multiple of group.
    Source: lrn_layer.cpp; Krizhevsky et al., NIPS 2012, section 3.3.
    """

    kind: ClassVar[Kind] = Kind.NORMALIZATION
    channelwise: ClassVar[bool] = True
    rowwise: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
    backward_reads_top: ClassVar[bool] = True

    def setup(self) -> None:
        """Read the options."""
        options = self.message.lrn_param
        self.size, self.group = options.local_size, options.group
        self.alpha, self.beta, self.k = options.alpha, options.beta, options.k
        self.within = options.norm_region == schema.LRNParameter.WITHIN_CHANNEL
        self.forward_overwrites_itself_on_cpu = not self.within
        if self.size % 2 == 0:
            raise OptionError(f"local_size is {self.size}, must be odd", path=("lrn_param", "local_size"))
        if self.group < 1:
            raise OptionError("group is 0, must be at least 1", path=("lrn_param", "group"))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the bottom's shape."""
        (bottom,) = bottoms
        need_axes(bottom, 4)
        if bottom[1] is not None and bottom[1] % self.group:
            message = f"group is {self.group}, must divide {bottom[1]}, the channels of {show(bottom)}"
            raise ShapeError(message, path=("lrn_param", "group"))
        return bottoms

    def split(self, count: int, *bottoms: Shape) -> tuple[Part, ...] | None:
        """Split by channels; parts inside of a group also read the neighbours that their outer channels look at."""
        channels = bottoms[0][CHANNELS]
        if self.within or channels is None:
            return super().split(count, *bottoms)
        return tuple(self._part(channels, index, count) for index in range(count))

    def _part(self, channels: int, index: int, count: int) -> Part:
        own = share(channels, index, count)
        group, _, groups = groups_of_part(self.group, index, count)
        if own is None or self.group >= count:
            return Part(self._regrouped(groups), (own,), (), (own,))
        each = channels // self.group
        start = max(own.start - self.size // 2, group * each)
        stop = min(own.stop + self.size // 2, (group + 1) * each)
        return Part(self._regrouped(1), (Range(CHANNELS, start, stop),), (), (own,), margin=own.start - start)

    def _regrouped(self, group: int) -> LRN:
        return self.altered(lambda message: setattr(message.lrn_param, "group", group))

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Normalize."""
        (x,) = bottoms
        if self.within:
            return (self._within_channel(x),)
        from netdef.layers.functions.lrn import across_channels

        return (across_channels(x, self.size, self.alpha, self.beta, self.k, self.group),)

    def _within_channel(self, x: Tensor) -> Tensor:
        from torch.nn import functional

        mean = functional.avg_pool2d(x.square(), self.size, 1, self.size // 2)
        return x * (1 + self.alpha * mean).pow(-self.beta)
