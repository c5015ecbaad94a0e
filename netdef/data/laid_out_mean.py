"""A mean laid out as images are, planes × rows × pixels × channels, for the compiled kernel that subtracts it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from netdef.data.transform import Cut

Floats = NDArray[np.float32]

MARGIN = 16  # floats before and behind all others that the kernel may read, and throws away


class LaidOutMean(NamedTuple):
    """The numbers, in a margin, and by how many of them its planes, rows and pixels lie apart; 0 where all are alike.

    Behind the mean lies its mirror image, where it has one; ``width`` is that of a row in pixels.
    """

    numbers: Floats
    plane: int
    row: int
    pixel: int
    mirrored: int
    width: int

    @classmethod
    def of_pixels(cls, mean: Floats, planes: int) -> Self:
        """Lay out a mean of each pixel, C×H×W."""
        channels, height, width = mean.shape
        each = channels // planes
        image = mean.reshape(planes, each, height, width).transpose(0, 2, 3, 1)
        numbers = _in_margin(np.concatenate((image.ravel(), image[:, :, ::-1].ravel())))
        return cls(numbers, height * width * each, width * each, each, mean.size, width)

    @classmethod
    def of_channels(cls, values: Sequence[float], planes: int, width: int, channels: int) -> Self:
        """Lay out a mean of each channel, one of all, or none: a row for each plane."""
        means = np.array(values or (0,), np.float32)
        each = np.broadcast_to(means, planes * channels).reshape(planes, 1, channels)
        rows = np.broadcast_to(each, (planes, width, channels))
        return cls(_in_margin(rows.ravel()), width * channels, 0, 0, 0, width)

    def start(self, cut: Cut, width: int) -> int:
        """Return where the mean of a window begins, ``width`` pixels wide; its pixels go where the image's do."""
        room = self.width - width
        across = self.mirrored + (room - cut.left) * self.pixel if cut.mirrored else cut.left * self.pixel
        return cut.top * self.row + across


def _in_margin(numbers: Floats) -> Floats:
    return np.pad(numbers, MARGIN)
