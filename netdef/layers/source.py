"""Layers whose tops come from outside the net: arrays that the caller gives, or records of a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Arity, Context, Kind, Layer, exactly
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor


class Source(Layer):
    """A layer without bottoms: ``shapes`` is given the shapes of its records instead, or nothing if unknown."""

    kind: ClassVar[Kind] = Kind.DATA
    source: ClassVar[bool] = True
    bottoms: ClassVar[Arity] = exactly(0)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Pass on what was fed."""
        return bottoms


def batch_length(batch_size: int, option: str) -> int:
    """Return ``batch_size`` if it is positive.

    Raises: OptionError.
    """
    if batch_size < 1:
        raise OptionError("batch_size is 0, must be at least 1", path=(option, "batch_size"))
    return batch_size


def cropped(record: Shape, transform: schema.TransformationParameter) -> Shape:
    """Return the shape of a C×H×W record after ``transform``: scaled, framed, then cut.

    Raises: OptionError if the crop is larger than the records, or other options of size do not go together.
    """
    side = transform.crop_size
    height, width = _uncut(record, transform)
    if not side:
        return (*record[:-2], height, width)
    least = transform.shorter_side_min
    if least and least + 2 * transform.pad < side:
        found = f"the shorter side of the records may be {least}{_framed(transform)}"
        raise OptionError(f"crop_size is {side}, but {found}", path=("transform_param", "crop_size"))
    for length in (height, width):
        if length is not None and length < side:
            message = f"crop_size is {side}, but the records are {record[-2]}×{record[-1]}{_framed(transform)}"
            raise OptionError(message, path=("transform_param", "crop_size"))
    return (*record[:-2], side, side)


def check_mean(transform: schema.TransformationParameter, channels: int | None) -> None:
    """Refuse two means at once, and mean values that are neither one for all channels nor one for each.

    Raises: OptionError.
    """
    values = len(transform.mean_value)
    if values and transform.mean_file:
        message = "mean_file and mean_value are both set: one mean is subtracted"
        raise OptionError(message, path=("transform_param", "mean_value", 0), hint="take one of them out")
    if channels is not None and values not in (0, 1, channels):
        message = f"mean_value is given {values} times, must be given once, or once for each of the {channels} channels"
        raise OptionError(message, path=("transform_param", "mean_value", 0))


def shorter_sides(transform: schema.TransformationParameter) -> tuple[int, int]:
    """Return the ends of the range from which the shorter side of images is drawn, both 0 where they stay as they are.

    Raises: OptionError for a range that cannot be, or one without a crop or with a mean image.
    """
    least, most = transform.shorter_side_min, transform.shorter_side_max or transform.shorter_side_min
    if most < least or (most and not least):
        message = f"shorter_side_min is {least} and shorter_side_max {most}: must be a range that begins above 0"
        raise OptionError(message, path=("transform_param", "shorter_side_max"))
    if least and not transform.crop_size:
        message = "shorter_side_min is given, but no crop_size: images scaled so have different sizes"
        raise OptionError(message, path=("transform_param", "shorter_side_min"))
    if least and transform.mean_file:
        message = "mean_file is given beside shorter_side_min: a mean image has one size, these images many"
        raise OptionError(message, path=("transform_param", "mean_file"), hint="give mean_value, one for each channel")
    return least, most


def check_reduced_decode(transform: schema.TransformationParameter, *, resized: bool = False) -> None:
    """Refuse images that are decoded smaller than they are, unless they are scaled afterwards.

    Raises: OptionError.
    """
    if transform.reduced_decode and not (resized or transform.shorter_side_min):
        message = "reduced_decode is true, but nothing scales the images afterwards: they would have several sizes"
        hint = "set shorter_side_min, or new_height and new_width of an ImageData layer; or take reduced_decode out"
        raise OptionError(message, path=("transform_param", "reduced_decode"), hint=hint)


def _uncut(record: Shape, transform: schema.TransformationParameter) -> Shape:
    """Return height and width before the crop, unknown where images are scaled."""
    if any(shorter_sides(transform)):
        return None, None
    return tuple(None if length is None else length + 2 * transform.pad for length in record[-2:])


def _framed(transform: schema.TransformationParameter) -> str:
    return f" and the frame {transform.pad}" if transform.pad else ""
