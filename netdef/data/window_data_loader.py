"""Batches of a WindowData layer: windows of images, stretched to squares."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from netdef.data.batch import Ordinals
from netdef.data.color_mode import ColorMode
from netdef.data.decode import decode_file
from netdef.data.image_list import ListedImage, find_root
from netdef.data.loader import Task, in_tasks
from netdef.data.normalize import Normalization
from netdef.data.paths import resolve
from netdef.data.transform import Cut
from netdef.data.window_batch import WindowBatch
from netdef.data.window_choice import ChosenWindow, WindowChoice
from netdef.data.window_file import read_window_file
from netdef.data.window_placement import Framing, place_window
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema

PREFETCH = 4  # batches; WindowData has no option for it


class WindowDataLoader:
    """Makes the batches of a WindowData layer; ``key`` is that of its random numbers.

    Raises: DataError if the window file or the mean cannot be read or do not suit the options.
    Source: window_data_layer.cpp; its windows come from a generator, these from ``key`` and the ordinal.
    """

    def __init__(self, message: schema.LayerParameter, phase: int, key: int, folder: str | Path | None) -> None:
        options, transform = message.window_data_param, message.transform_param
        self.batch_size = options.batch_size
        self.prefetch = PREFETCH
        self._tops = tuple(message.top)
        self._path = options.source
        self._framing = Framing(transform.crop_size, options.context_pad, options.crop_mode == "square")
        self._normalization = Normalization(transform, folder)
        self._mean_cut = _central(self._normalization, transform.crop_size)
        file = read_window_file(resolve(options.source, folder), options.fg_threshold, options.bg_threshold)
        self._choice = WindowChoice(file, options.fg_fraction, options.batch_size, mirror=transform.mirror, key=key)
        self._root = find_root(options.root_folder, file.images[0], folder)
        self._cache: dict[str, bytes] | None = {} if options.cache_images else None

    def __len__(self) -> int:
        return 0

    def begin(self, ordinals: Ordinals) -> tuple[WindowBatch, list[Task]]:
        """Choose the windows and make room for them."""
        batch = WindowBatch(self._tops, ordinals, self._normalization, self._framing.side)
        batch.cuts = [self._mean_cut] * len(ordinals)
        chosen = self._choice.choose(ordinals)
        return batch, in_tasks(partial(self._fill, batch, chosen), range(len(chosen)))

    def close(self) -> None:
        """Nothing stays open."""

    def _fill(self, batch: WindowBatch, chosen: Sequence[ChosenWindow], rows: range) -> None:
        for row in rows:
            window = chosen[row]
            try:
                image = decode_file(self._content(window.image), ColorMode.COLOR)
                height, width, _ = image.shape
                placement = place_window(window.box, height, width, self._framing, window.mirrored)
            except DataError as error:
                raise DataError(f'{self._path}: image "{window.image}": {error}') from error
            batch.put(row, image, placement, window.mirrored)
            batch.labels[row] = window.label

    def _content(self, name: str) -> bytes:
        """Return the bytes of an image's file, read once if images are to be kept."""
        if self._cache is None:
            return ListedImage(name, self._root, 0).content()
        if name not in self._cache:
            self._cache[name] = ListedImage(name, self._root, 0).content()
        return self._cache[name]


def _central(normalization: Normalization, side: int) -> Cut:
    """Return which window of the mean image belongs to a square: the central one, never mirrored.

    Raises: DataError if the mean is smaller than the square.
    """
    if normalization.mean is None:
        normalization.check(3, side, side)
        return Cut(0, 0, False)
    channels, height, width = normalization.mean.shape
    start = (width - side) // 2  # down as well, since Caffe takes the mean to be a square
    if channels != 3 or start < 0 or start + side > height:
        found = f"the mean in {normalization.mean_file} is {channels}×{height}×{width}"
        raise DataError(f"{found} (channels × height × width), must be 3 channels of {side}×{side} (crop_size) or more")
    return Cut(start, start, False)
