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
    """Return the shape of a C×H×W record after ``transform``.

    Raises: OptionError if the crop is larger than the record.
    """
    side = transform.crop_size
    if not side:
        return record
    for length in record[-2:]:
        if length is not None and length < side:
            message = f"crop_size is {side}, but the records are {record[-2]}×{record[-1]}"
            raise OptionError(message, path=("transform_param", "crop_size"))
    return (*record[:-2], side, side)
