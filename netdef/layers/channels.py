"""Ranges of channels, by which layers and blobs are split over devices."""

from __future__ import annotations

from dataclasses import dataclass

from netdef.errors import OptionError, ShapeError

CHANNELS = 1  # the axis along which blobs are split


@dataclass(frozen=True)
class Range:
    """The places from ``start`` up to ``stop``, which is left out, along an axis."""

    axis: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


def share(length: int, index: int, count: int, axis: int = CHANNELS) -> Range | None:
    """Return the range ``index`` of ``count`` equal ones of an axis; None for the only one.

    Raises: ShapeError if ``count`` does not divide the length.
    """
    if length % count:
        raise ShapeError(
            f"{length} channels cannot be split over {count} devices in equal parts",
            path=("device",),
            hint=f"let the number of channels be a multiple of {count}",
        )
    each = length // count
    return None if count == 1 else Range(axis, index * each, (index + 1) * each)


def groups_of_part(group: int, index: int, count: int) -> tuple[int, int, int]:
    """Return which of how many equal shares of the channels a part reads, and in how many groups, given all ``group``.

    With two groups on two devices part 1 reads share 1 of 2, in one group; without groups each part reads share 0 of 1.

    Raises: OptionError if a group would lie on some devices in part.
    """
    if group % count == 0:
        return index, count, group // count
    if count % group == 0:
        return index * group // count, group, 1
    raise OptionError(
        f"{group} groups straddle {count} devices",
        path=("device",),
        hint="let the number of groups be a multiple of the number of devices, or divide it",
    )
