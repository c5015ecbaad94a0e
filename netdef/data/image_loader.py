"""Batches of images with labels: records decoded, cropped and mirrored into one array, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from netdef.data.batch import Ordinals
from netdef.data.color_mode import ColorMode
from netdef.data.colour_pca import ColourShifts
from netdef.data.datum import Datum
from netdef.data.decode import Image, decode
from netdef.data.floats_ahead import floats_ahead
from netdef.data.image_batch import ImageBatch
from netdef.data.loader import Task, in_tasks
from netdef.data.normalize import Normalization
from netdef.data.recycled import RecycledMemory, aligned, pinned
from netdef.data.reduced import Size, decode_reduced
from netdef.data.sizing import Sizing
from netdef.data.source import Record, Source
from netdef.data.transform import Chances, Cropping, Cut
from netdef.data.view import View
from netdef.errors import DataError
from netdef.layers.shape import show
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    import torch

LARGE = 1 << 20  # bytes of a record whose copy takes much longer than the lock's way from thread to thread, some 50 µs


@dataclass(frozen=True)
class Images:
    """Where images come from, and how they are decoded: what differs between the types of layers.

    ``name`` is the source as the file writes it, ``size`` the height and width to stretch images to (0: as they are).
    """

    name: str
    open: Callable[[], Source]
    mode: ColorMode
    size: tuple[int, int] = (0, 0)


class ImageLoader:
    """Makes the batches of a layer of images; ``key`` is that of its random numbers.

    ``views`` may be set before the first batch: then each record is seen in all of them, instead of once.

    Raises: DataError if the options contradict one another, or the source or the mean cannot be read.
    """

    def __init__(
        self,
        message: schema.LayerParameter,
        images: Images,
        *,
        batch_size: int,
        prefetch: int,
        phase: int,
        key: int,
        folder: str | Path | None,
    ) -> None:
        transform = message.transform_param
        self.batch_size = batch_size
        self.prefetch = prefetch
        self._tops = tuple(message.top)
        self._key = key
        self._images = images
        train = phase == schema.TRAIN
        self._sizing = Sizing.of(transform, train=train)
        self._sized = self._sizing.changes
        self._reduced = transform.reduced_decode
        self._cropping = Cropping(transform.crop_size, train, transform.mirror)
        shifted = train and transform.HasField("colour_pca")
        self._shifts = ColourShifts(transform.colour_pca, key, folder) if shifted else None
        self._normalization = Normalization(transform, folder)
        self._shape: tuple[int, ...] = ()
        self._memory = RecycledMemory()
        self._as_floats = False
        self.views: Sequence[View | None] = (None,)
        self._source = images.open()

    def __len__(self) -> int:
        return len(self._source)

    def begin(self, ordinals: Ordinals) -> tuple[ImageBatch, list[Task]]:
        """Find the records and make room for them; the first one, which says how much is needed, is done at once.

        So are all others if there is nothing to decode: threads that only copy spend their time on handing one another
        the interpreter's lock.
        """
        records = [self._source.read(ordinal) for ordinal in ordinals.tolist()]
        chances = self._cropping.chances(self._key, ordinals)
        batch = ImageBatch(self._tops, ordinals, self._normalization, len(self.views))
        batch.shifts = self._shifts.of(ordinals) if self._shifts else None
        fill = partial(self._fill, batch, records, chances)
        fill(range(1))
        rest = range(1, len(records))
        if not batch.only_copied:
            return batch, in_tasks(fill, rest)
        fill(rest)
        return batch, []

    def make_for(self, device: torch.device, dtype: torch.dtype) -> None:
        """Make the batches that are not begun yet as this device is given them soonest.

        Bytes go to a GPU, out of memory that it can read by itself. On a CPU the thread that has decoded an image, and
        has it in its cache, makes floats of it, where a compiled kernel does so. Records that are only copied stay
        bytes until their batch is asked for: one call for all of them costs less.
        """
        self._as_floats = self._shifts is None and self._normalization.compiled.makes(device, dtype)
        if device.type == "cuda" or self._as_floats:
            self._memory = RecycledMemory(aligned if self._as_floats else pinned)

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def _fill(self, batch: ImageBatch, records: Sequence[Record], chances: Sequence[Chances], rows: range) -> None:
        # Between two images the caches are full of the decoder's things: what can be done before all of them takes half
        # of the time there, and each call less counts.
        row, datums = rows.start, []
        try:
            for row in rows:
                datums.append(records[row].datum())
            for row, datum in zip(rows, datums, strict=True):
                self._write(batch, row, datum, chances[row])
        except DataError as error:
            raise DataError(f"{self._images.name}: {records[row].place}: {error}") from error

    def _write(self, batch: ImageBatch, row: int, datum: Datum, chances: Chances) -> None:
        whole, size = self._decoded(datum, chances)
        for number, view in enumerate(self.views):
            place = row + number * len(batch.ordinals)
            image, cut = self._seen(whole, size, chances, view)
            if place == 0:
                batch.only_copied = image is whole and not datum.encoded and whole.nbytes <= LARGE
                self._make_room(batch, image)
            elif (image.shape, image.dtype) != batch.kind:
                image = self._fit(image, batch)
            batch.write(place, image, cut, datum.label)

    def _decoded(self, datum: Datum, chances: Chances) -> tuple[Image, Size]:
        """Return the pixels, and the height and width that they would have if they were not reduced."""
        mode, size = self._images.mode, self._images.size
        if self._reduced and datum.encoded:
            return decode_reduced(datum.data, mode, size, max(self._side(chances, view) for view in self.views))
        image = decode(datum, mode, size)
        return image, image.shape[1:3]

    def _side(self, chances: Chances, view: View | None) -> int:
        return view.side if view and view.side else self._sizing.side(chances.size)

    def _seen(self, whole: Image, size: Size, chances: Chances, view: View | None) -> tuple[Image, Cut]:
        """Return an image as it is before the cut, and the cut: those of a view, or without one those of the layer."""
        image = whole
        if view or self._sized:
            image = self._sizing.sized(whole, self._side(chances, view), size)
        _, height, width, _ = image.shape
        if view:
            return image, view.cut(height, width, self._cropping.side)
        return image, self._cropping.cut(height, width, chances)

    def _make_room(self, batch: ImageBatch, first: Image) -> None:
        channels, height, width = _channels_and_size(first)
        self._normalization.check(channels, height, width)
        if self._shifts and self._shifts.channels != channels:
            raise DataError(f"has {channels} channels, but the directions of colour_pca {self._shifts.channels}")
        size = self._cropping.size(height, width)
        shape = (channels, *size)
        if self._shape not in ((), shape) and self.batch_size > 1:
            raise DataError(f"is {_sizes(shape)}, those before it {_sizes(self._shape)}; {_WAY_OUT}")
        self._shape = shape
        batch.make_room(first, size, self._memory, as_floats=self._as_floats and not batch.only_copied)
        if batch.made:
            self.prefetch = floats_ahead(self.prefetch, batch.images.nbytes)

    def _fit(self, image: Image, batch: ImageBatch) -> Image:
        """Return an image unlike the first of its batch in the batch's layout, if it is like it after the crop."""
        channels, height, width = _channels_and_size(image)
        self._normalization.check(channels, height, width)
        found, expected = (channels, *self._cropping.size(height, width)), _channels_and_size(batch.images[0])
        if found != expected:
            raise DataError(f"is {_sizes(found)}, the first of its batch {_sizes(expected)}; {_WAY_OUT}")
        first, kind = batch.kind
        if image.dtype != kind:
            raise DataError(f"has values of type {image.dtype}, the first of its batch {kind}")
        if image.shape[0] == first[0]:
            return image
        return np.ascontiguousarray(image.transpose(3, 1, 2, 0))


_WAY_OUT = "batches of more than one record need equal sizes: set crop_size, resize the images, or set batch_size: 1"


def _channels_and_size(image: Image) -> tuple[int, int, int]:
    """Return channels, height and width."""
    planes, height, width, channels = image.shape
    return planes * channels, height, width


def _sizes(shape: tuple[int, ...]) -> str:
    return f"{show(shape)} (channels × height × width)"
