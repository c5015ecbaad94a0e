"""What Scale and Bias share: a blob that covers some axes of the bottom and is repeated over the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Arity, Kind, Layer, between
from netdef.layers.channels import CHANNELS
from netdef.layers.shape import Shape, canonical_axis, compatible, show
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor

ALL = -1  # in ``num_axes``


class PerAxis(Layer):
    """A layer that combines the bottom with a blob, learned or given, that lies over it from ``axis`` on."""

    kind: ClassVar[Kind] = Kind.NORMALIZATION
    bottoms: ClassVar[Arity] = between(1, 2)
    in_place: ClassVar[bool] = True

    options: schema.ScaleParameter | schema.BiasParameter
    option: ClassVar[str]

    def setup(self) -> None:
        """Check the number of axes."""
        self.options = getattr(self.message, self.option)
        if self.options.num_axes < ALL:
            message = f"num_axes is {self.options.num_axes}, must be -1 (all that follow) or more"
            raise OptionError(message, path=(self.option, "num_axes"))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the first bottom's shape."""
        self.covered(*bottoms)
        return bottoms[:1]

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether each row meets the same blob."""
        return len(bottoms) == 1 and self.axis(len(bottoms[0])) > 0

    def by_channels(self, *bottoms: Shape) -> bool:
        """Split by channels, if the layer learns a blob that begins with them."""
        own = len(bottoms) == 1 and self.covered(*bottoms)[:1] == bottoms[0][CHANNELS : CHANNELS + 1]
        return own and self.axis(len(bottoms[0])) == CHANNELS

    def axis(self, axes: int, blob_axes: int | None = None) -> int:
        """Return the first axis that the blob covers; one without axes covers none, whatever ``axis`` says."""
        return 0 if blob_axes == 0 else canonical_axis(self.options.axis, axes, f"{self.option}.axis")

    def covered(self, *bottoms: Shape) -> Shape:
        """Return the shape of the blob.

        Raises: ShapeError if it reaches beyond the bottom's axes, or a second bottom is not as the axes that it covers.
        """
        bottom = bottoms[0]
        number = len(bottoms[1]) if len(bottoms) > 1 else self.options.num_axes
        start = self.axis(len(bottom), len(bottoms[1]) if len(bottoms) > 1 else None)
        end = len(bottom) if number == ALL else start + number
        if end > len(bottom):
            message = f"{number} axes from axis {start} on reach beyond bottom, {show(bottom)}"
            raise ShapeError(message, path=(self.option, "num_axes"))
        if len(bottoms) > 1 and not compatible(bottoms[1], bottom[start:end]):
            message = f"bottom 1 is {show(bottoms[1])}, must be as the axes of bottom 0 from {start} on, {show(bottom)}"
            raise ShapeError(message, path=("bottom", 1))
        return bottom[start:end]


def spread(blob: Tensor, axes: int, start: int) -> Tensor:
    """Give the blob axes of length 1 behind its own, so that it lies over ``axes`` axes from ``start`` on."""
    return blob.reshape((*blob.shape, *(1,) * (axes - start - blob.dim())))
