"""MVN: each plane brought to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import ShapeError
from netdef.layers.base import Context, Kind, Layer
from netdef.layers.register import layer
from netdef.layers.shape import Shape, show

if TYPE_CHECKING:
    from torch import Tensor

AXES = 4


@layer("MVN")
class MVN(Layer):
    """Normalize each channel of each item by its own mean and variance; with ``across_channels`` the whole item.

    y = (x - mean) / (std + eps), std² the mean of (x - mean)²; y = x - mean without ``normalize_variance``.
    Its gradient is Caffe's, which takes eps as 0 where std itself is differentiated:
    dx = (dy - mean(dy) - y · mean(y · dy)) / (std + eps).

    Bottom: N×C×H×W; axes that are missing at the end have length 1. Top: the same, always with 4 axes.
    Raises: ShapeError for a bottom of more than 4 axes.
    Source: mvn_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.NORMALIZATION
    needs_float32: ClassVar[bool] = True
    rowwise: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
    backward_reads_top: ClassVar[bool] = True
    backward_overwrites_itself: ClassVar[bool] = True

    def setup(self) -> None:
        """Read over what is averaged, and whether the variance matters."""
        options = self.message.mvn_param
        self.axes = (1, 2, 3) if options.across_channels else (2, 3)
        self.normalize_variance, self.eps = options.normalize_variance, options.eps

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the bottom's shape with axes of length 1 behind it."""
        (bottom,) = bottoms
        if len(bottom) > AXES:
            raise ShapeError(f"bottom is {show(bottom)}, must have at most {AXES} axes")
        return ((*bottom, *(1,) * (AXES - len(bottom))),)

    def by_channels(self, *bottoms: Shape) -> bool:
        """Tell whether channels are not averaged over."""
        return 1 not in self.axes

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Normalize."""
        from netdef.layers.functions.mvn import normalized

        (x,) = bottoms
        planes = x.reshape(*x.shape, *(1,) * (AXES - x.dim()))
        if self.normalize_variance:
            return (normalized(planes, self.axes, self.eps),)
        return (planes - planes.mean(self.axes, keepdim=True),)
