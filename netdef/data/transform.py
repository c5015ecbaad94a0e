"""Crop and mirror, done on bytes: where each record is cut, and the cut itself.

A crop is central in TEST, rounded down, and at a random place in TRAIN; ``mirror: true`` turns half of the records
around in both phases.

Source: data_transformer.cpp.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from netdef.data.decode import Image
from netdef.data.random import coin, draw
from netdef.errors import DataError


class Cut(NamedTuple):
    """What becomes of one record: the corner of its window, and whether it is mirrored."""

    top: int
    left: int
    mirrored: bool


class Chances(NamedTuple):
    """The random numbers of one record: two 32-bit words for the corner, a coin for the mirror, a word for the size."""

    row: int
    column: int
    mirrored: bool
    size: int = 0


CENTRAL = Chances(0, 0, False)


class Cropping(NamedTuple):
    """A layer's crop and mirror options in one phase; ``side`` 0 means no crop."""

    side: int
    random: bool
    mirror: bool

    def chances(self, key: int, ordinals: NDArray[np.int64]) -> list[Chances]:
        """Draw for the records at ``ordinals``; the same ordinal draws the same in every batch and on every rank."""
        if not (self.mirror or (self.side and self.random)):
            return [CENTRAL] * len(ordinals)
        rows, columns, coins, sizes = draw(key, ordinals)
        mirrored = coin(coins) if self.mirror else np.zeros(len(ordinals), np.bool_)
        return list(map(Chances, rows.tolist(), columns.tolist(), mirrored.tolist(), sizes.tolist()))

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Return height and width after the crop."""
        return (self.side, self.side) if self.side else (height, width)

    def cut(self, height: int, width: int, chances: Chances) -> Cut:
        """Place the window in an image of ``height`` × ``width``.

        Raises: DataError if the image is smaller than the crop.
        """
        if not self.side:
            return Cut(0, 0, chances.mirrored)
        down, right = height - self.side, width - self.side
        if down < 0 or right < 0:
            raise DataError(f"crop_size is {self.side}, but the image is only {height}×{width} (height × width)")
        if not self.random:
            return Cut(down // 2, right // 2, chances.mirrored)
        top, left = chances.row * (down + 1) >> 32, chances.column * (right + 1) >> 32
        return Cut(top, left, chances.mirrored)


def cut_into(target: Image, image: Image, cut: Cut) -> None:
    """Write the window of ``image`` at ``cut`` to ``target``, contiguous memory of the window's size."""
    height, width, channels = target.shape[1:]
    target[...] = image[:, cut.top : cut.top + height, cut.left : cut.left + width]
    if cut.mirrored:
        # NumPy takes 250 µs to turn 227×227 pixels of three bytes. OpenCV takes 9 to turn them where they are, all
        # planes at once, and 40 on the way to memory that is in no cache yet.
        rows = target.reshape(-1, width, channels)
        cv2.flip(rows, 1, dst=rows)
