"""The axis of Concat and Slice, which old files call by another name."""

from __future__ import annotations

from dataclasses import dataclass

from netdef.errors import OptionError
from netdef.layers.shape import canonical_axis
from netdef.schema import netdef_pb2 as schema


@dataclass(frozen=True)
class RenamedAxis:
    """An axis as the file gives it, and the option that gives it (``concat_param.axis``)."""

    given: int
    option: str

    def within(self, axes: int) -> int:
        """Return the axis counted from 0 in a shape of ``axes`` axes.

        Raises: ShapeError if there is no such axis.
        """
        return canonical_axis(self.given, axes, self.option)


def read_axis(options: schema.ConcatParameter | schema.SliceParameter, param: str, old: str) -> RenamedAxis:
    """Read ``axis``, or the option ``old`` in its place.

    Raises: OptionError if both are given.
    """
    if not options.HasField(old):
        return RenamedAxis(options.axis, f"{param}.axis")
    if options.HasField("axis"):
        message = f"axis ({options.axis}) and {old} ({getattr(options, old)}) are both given, must be one or the other"
        raise OptionError(message, path=(param, old), hint=f"{old} is the old name: keep axis")
    return RenamedAxis(getattr(options, old), f"{param}.{old}")
