"""One layer's batch of images: bytes until it is on the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from netdef.data.batch import Ordinals, name_tops, to_floats
from netdef.data.compiled_floats import FloatImages
from netdef.data.decode import Image
from netdef.data.normalize import Normalization
from netdef.data.recycled import RecycledMemory
from netdef.data.transform import Cut, cut_into

if TYPE_CHECKING:
    import torch


CACHED = 4 << 20  # bytes of floats; fewer, and the calls count, more, and they wait for memory at every step


class ImageBatch:
    """Cropped and mirrored images, N×P×H×W×K, their labels (N), where each was cut, and colour shifts (N×C) or None.

    With several ``views`` of each record there are views · records rows: all records in the first view, then all in the
    second, and so on.
    """

    images: Image
    kind: tuple[tuple[int, ...], np.dtype[Any]]
    """Shape and type of the record that room was made for."""
    only_copied: bool
    """Whether that record was neither decoded nor scaled."""
    made: FloatImages | None
    """What writes ``images`` where they are normalized floats from the start, instead of the records' own type."""

    def __init__(self, tops: Sequence[str], ordinals: Ordinals, normalization: Normalization, views: int = 1) -> None:
        self.ordinals = ordinals
        self.rows = views * len(ordinals)
        self.labels: NDArray[np.float32] = np.empty(self.rows, np.float32)
        self.cuts = [Cut(0, 0, False)] * self.rows
        self.shifts: NDArray[np.float32] | None = None
        self.made = None
        self._tops = tops
        self._normalization = normalization

    def by_view(self) -> list[ImageBatch]:
        """Return the rows of each view, as batches of their own over the same memory."""
        count = len(self.ordinals)
        return [self._of_rows(slice(start, start + count)) for start in range(0, self.rows, count)]

    def _of_rows(self, rows: slice) -> ImageBatch:
        part = ImageBatch(self._tops, self.ordinals, self._normalization)
        part.images, part.labels, part.cuts = self.images[rows], self.labels[rows], self.cuts[rows]
        part.shifts, part.made = self.shifts, self.made
        return part

    def make_room(
        self, record: Image, size: tuple[int, int], memory: RecycledMemory, *, as_floats: bool = False
    ) -> None:
        """Take ``images`` from ``memory``, for records like ``record`` cut to ``size`` (height, width).

        With ``as_floats`` records of bytes are normalized float32 there.
        """
        planes, _, _, channels = record.shape
        shape = (self.rows, planes, *size, channels)
        self.kind = (record.shape, record.dtype)
        if as_floats and record.dtype == np.uint8:
            self.images = memory.array(shape, np.float32)
            self.made = self._normalization.compiled.into(self.images)
        else:
            self.images = memory.array(shape, record.dtype)

    def write(self, row: int, image: Image, cut: Cut, label: int) -> None:
        """Write what ``cut`` leaves of an image P×H×W×K, and its label."""
        if self.made:
            self.made.write(row, image, cut)
        else:
            cut_into(self.images[row], image, cut)
        self.cuts[row], self.labels[row] = cut, label

    def tensors(self, device: torch.device | str, dtype: torch.dtype) -> dict[str, torch.Tensor]:
        """Return images (N×C×H×W) and, if there is a top for them, labels (N)."""
        # First the labels, whose memory is not pinned: their copy would wait for what is under way.
        labels = to_floats(self.labels, device, dtype)
        return name_tops(self._tops, self._floats(device, dtype), labels)

    def _floats(self, device: torch.device | str, dtype: torch.dtype) -> torch.Tensor:
        import torch

        device, compiled = torch.device(device), self._normalization.compiled
        if self.made:
            return _channels_second(torch.from_numpy(self.images)).to(device, dtype)
        if self.shifts is None and self.images.dtype == np.uint8 and compiled.makes(device, dtype):
            made = torch.empty(self.images.shape)
            compiled.into(made.numpy()).write_all(self.images, self.cuts)
            return _channels_second(made)
        # H×W×C records, seen as C×H×W, keep their strides when they become float: channels_last, and nothing is turned.
        records = _channels_second(torch.from_numpy(self.images).to(device, non_blocking=True))
        images = torch.empty_like(records, dtype=dtype, memory_format=torch.preserve_format)
        for rows in _blocks(images):
            self._normalize(records, rows, images[rows])
        return images

    def _normalize(self, records: torch.Tensor, rows: slice, images: torch.Tensor) -> None:
        """Write some rows of ``records`` to ``images``, computed in floats of 32 bits at least."""
        import torch

        kind = torch.promote_types(images.dtype, torch.float32)
        floats = images if images.dtype == kind else torch.empty_like(images, dtype=kind)
        floats.copy_(records[rows])
        if self.shifts is not None:
            floats.add_(torch.from_numpy(self.shifts[rows]).to(floats)[:, :, None, None])
        self._normalization.apply(floats, self.cuts[rows])
        if floats is not images:
            images.copy_(floats)


def _channels_second(images: torch.Tensor) -> torch.Tensor:
    """Return images N×P×H×W×K as N×C×H×W."""
    return images.permute(0, 1, 4, 2, 3).flatten(1, 2)


def _blocks(images: torch.Tensor) -> list[slice]:
    """Return the rows that are made at a time: all, but on a CPU no more than its cache holds until they are ready."""
    count = len(images)
    if images.device.type != "cpu":
        return [slice(0, count)]
    step = max(1, CACHED * count // max(1, images.nbytes))
    return [slice(start, start + step) for start in range(0, count, step)]
