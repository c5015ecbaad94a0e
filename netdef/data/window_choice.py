"""Which windows make a batch: some without an object, then some with one, each drawn at random from all of its kind."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from netdef.data.batch import Ordinals
from netdef.data.random import coin, draw
from netdef.data.window_file import WindowFile, Windows
from netdef.data.window_placement import Box
from netdef.errors import DataError


class ChosenWindow(NamedTuple):
    """A window of a batch."""

    image: str
    label: int
    box: Box
    mirrored: bool


class WindowChoice:
    """Draws windows by ``key``; a batch of N has ⌊N · ``fraction``⌋ windows with an object, behind the others.

    Raises: DataError if there is no window of a kind that batches of ``batch_size`` need.
    """

    def __init__(self, file: WindowFile, fraction: float, batch_size: int, *, mirror: bool, key: int) -> None:
        self._file = file
        self._fraction = np.float32(fraction)
        self._mirror = mirror
        self._key = key
        with_object = self._objects(batch_size)
        if with_object and not file.foreground:
            raise DataError("no window shows an object: none has an overlap of fg_threshold or more")
        if with_object < batch_size and not file.background:
            raise DataError("every window shows an object: none has an overlap below bg_threshold")

    def choose(self, ordinals: Ordinals) -> list[ChosenWindow]:
        """Return the windows of a batch; which one stands at an ordinal depends on it and its kind alone."""
        words = draw(self._key, ordinals)
        coins = coin(words[2]) if self._mirror else np.zeros(len(ordinals), np.bool_)
        empty = len(ordinals) - self._objects(len(ordinals))
        rows = enumerate(zip(words[0].tolist(), coins.tolist(), strict=True))
        kinds = (self._file.background, self._file.foreground)
        return [self._window(kinds[row >= empty], word, mirrored) for row, (word, mirrored) in rows]

    def _objects(self, count: int) -> int:
        # In float32, as in Caffe: 0.7 of 10 is 7 there, but 6.99999988 in more digits.
        return int(np.float32(count) * self._fraction)

    def _window(self, windows: Windows, word: int, mirrored: bool) -> ChosenWindow:
        index = word * len(windows) >> 32
        name = self._file.images[windows.images[index]]
        return ChosenWindow(name, int(windows.labels[index]), Box(*windows.corners[index].tolist()), mirrored)
