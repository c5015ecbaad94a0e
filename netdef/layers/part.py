"""Parts of a layer: what each of several devices reads, keeps and writes where a layer is split by channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netdef.errors import OptionError, ShapeError
from netdef.layers.shape import Shape

if TYPE_CHECKING:
    from netdef.layers.base import Layer

CHANNELS = 1  # the axis along which blobs are split


@dataclass(frozen=True)
class Range:
    """The places from ``start`` up to ``stop``, which is left out, along an axis."""

    axis: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Part:
    """What one device does of a layer.

    ``layer`` computes it. ``bottoms`` are the ranges that it reads, ``blobs`` those of the learned and saved blobs that
    it holds, ``tops`` those that it is to give; None stands for all. Where ``layer`` computes more than ``tops`` say,
    the first ``margin`` channels of what it computes are left away, and those behind the range.
    """

    layer: Layer
    bottoms: tuple[Range | None, ...]
    blobs: tuple[Range | None, ...]
    tops: tuple[Range | None, ...]
    margin: int = 0


def share(length: int, index: int, count: int, axis: int = CHANNELS) -> Range | None:
    """Return the range ``index`` of ``count`` equal ones of an axis; None for the only one.

    Raises: ShapeError if ``count`` does not divide the length.
    """
    if length % count:
        raise ShapeError(f"{length} channels cannot be split over {count} devices in equal parts", path=("device",))
    each = length // count
    return None if count == 1 else Range(axis, index * each, (index + 1) * each)


def local_parts(layer: Layer, count: int, *bottoms: Shape) -> tuple[Part, ...] | None:
    """Return the parts of a layer that computes each channel from the same one of its bottoms and blobs.

    A flattening layer may make several channels of one. Blobs that are as long as the first bottom has channels are
    split with them; others are held whole by every part. None where lengths are not known.

    Raises: ShapeError if ``count`` does not divide the channels.
    """
    tops = layer.shapes(*bottoms)
    if any(len(shape) <= CHANNELS or shape[CHANNELS] is None for shape in (*bottoms, *tops)):
        return None
    channels = bottoms[0][CHANNELS]
    blobs = blob_shapes(layer, *bottoms)
    return tuple(
        Part(
            layer,
            bottoms=_shares(bottoms, index, count),
            blobs=tuple(
                share(channels or 0, index, count, axis=0) if blob[:1] == (channels,) else None for blob in blobs
            ),
            tops=_shares(tops, index, count),
        )
        for index in range(count)
    )


def blob_shapes(layer: Layer, *bottoms: Shape) -> list[Shape]:
    """Return the shapes of the blobs that a weights file has of a layer: learned, then saved ones."""
    saved = [spec.shape for spec in layer.state(*bottoms) if spec.saved]
    return [spec.shape for spec in layer.parameters(*bottoms)] + saved


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


def _shares(shapes: Sequence[Shape], index: int, count: int) -> tuple[Range | None, ...]:
    return tuple(share(shape[CHANNELS] or 0, index, count) for shape in shapes)
