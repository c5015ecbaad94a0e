"""Pooling: windows of pixels to one number each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, WiringError
from netdef.layers.base import Arity, Context, Kind, Layer, between
from netdef.layers.pooling_windows import OPTION, PoolingWindows, read_pooling_windows
from netdef.layers.register import layer
from netdef.layers.shape import Shape, need_axes
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor

MAX, AVE, STOCHASTIC, SUM = (getattr(schema.PoolingParameter, name) for name in ("MAX", "AVE", "STOCHASTIC", "SUM"))


@layer("Pooling")
class Pooling(Layer):
    """Slide a window over each channel; take its maximum (MAX), mean (AVE), sum (SUM) or one by lot (STOCHASTIC).

    MAX: of equal numbers the first in row order, which alone gets the gradient.
    AVE: the sum over the pixels of the window inside the padded image, divided by their number, padding included.
    SUM: the sum over the pixels of the window inside the image.
    STOCHASTIC, for numbers of at least 0: in training x_i with probability x_i / Σ x, in testing Σ x² / Σ x.
    Each axis takes ceil((length + 2·pad - kernel) / stride) + 1 windows (floor with round_mode FLOOR); with padding, a
    last one that would begin behind the image is left out.

    Bottom: N×C×H×W. Top: N×C×(windows); for MAX also the places of the maxima, h·W + w, as floats.
    Raises: OptionError for impossible windows; ShapeError if bottom has not 4 axes; WiringError for places without MAX.
    Source: pooling_layer.cpp, pooling_layer.cu.
    """

    kind: ClassVar[Kind] = Kind.POOLING
    channelwise: ClassVar[bool] = True
    rowwise: ClassVar[bool] = True
    tops: ClassVar[Arity] = between(1, 2)

    def setup(self) -> None:
        """Read the method and the windows, which a global pooling takes from the bottom."""
        options = self.message.pooling_param
        self.places = len(self.message.top) > 1
        self.method = options.pool
        self.windows = None if options.global_pooling else read_pooling_windows(options)
        if options.global_pooling:
            _refuse_windows(options)
        if self.method == STOCHASTIC and self.windows and any(self.windows.pad):
            raise OptionError(f"pad is {max(self.windows.pad)}, must be 0 for pool: STOCHASTIC", path=(OPTION, "pad"))

    def check_wiring(self, bottoms: Sequence[str], tops: Sequence[str]) -> None:
        """Check the wires; only maxima have places."""
        super().check_wiring(bottoms, tops)
        if len(tops) > 1 and self.method != MAX:
            raise WiringError("has 2 tops, makes exactly 1: only pool: MAX has places", path=("top", 1))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shape of the windows, for each top."""
        (bottom,) = bottoms
        need_axes(bottom, 4)
        spatial = self.windows.pooled(bottom[2:]) if self.windows else (1, 1)
        return ((*bottom[:2], *spatial),) * (2 if self.places else 1)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Pool."""
        from netdef.layers.functions import pooling

        (x,) = bottoms
        windows = self._over(x)
        if self.method == AVE:
            return (pooling.average(x, windows),)
        if self.method == SUM:
            return (pooling.total(x, windows),)
        if self.method == STOCHASTIC:
            return (pooling.sampled(x, windows, ctx.draws) if ctx.train else pooling.weighted(x, windows),)
        if self.places:
            return pooling.largest_with_places(x, windows)
        return (self.maxima(x),)

    def maxima(self, x: Tensor) -> Tensor:
        """Return the maximum of each window."""
        from netdef.layers.functions import pooling

        return pooling.largest(x, self._over(x))

    def _over(self, x: Tensor) -> PoolingWindows:
        return self.windows or PoolingWindows((x.shape[2], x.shape[3]))


def _refuse_windows(options: schema.PoolingParameter) -> None:
    """Refuse options that a window over the whole image leaves no room for."""
    for name in ("kernel_size", "kernel_h", "kernel_w"):
        if options.HasField(name):
            message = f"global_pooling and {name} are both given, must be one or the other"
            raise OptionError(message, path=(OPTION, name))
    for name, idle in (("pad", 0), ("pad_h", 0), ("pad_w", 0), ("stride", 1), ("stride_h", 1), ("stride_w", 1)):
        if options.HasField(name) and getattr(options, name) != idle:
            message = f"{name} is {getattr(options, name)}, must be {idle} with global_pooling"
            raise OptionError(message, path=(OPTION, name))
