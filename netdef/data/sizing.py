"""The size of images before they are cut: scaled to a shorter side, and framed with zeros."""

from __future__ import annotations

from typing import NamedTuple, Self

import cv2
import numpy as np

from netdef.data.decode import Image
from netdef.layers.source import shorter_sides
from netdef.schema import netdef_pb2 as schema


class Sizing(NamedTuple):
    """A layer's options of size in one phase; ``least`` 0 means that images are not scaled.

    Source: Simonyan and Zisserman, Very deep convolutional networks (2015), section 3.1: scale jittering.
    """

    least: int
    most: int
    random: bool
    pad: int

    @classmethod
    def of(cls, options: schema.TransformationParameter, *, train: bool) -> Self:
        """Read the options.

        Raises: OptionError for a range of sides that cannot be.
        """
        least, most = shorter_sides(options)
        return cls(least, most, train and least < most, options.pad)

    @property
    def changes(self) -> bool:
        """Whether images do not stay as they are."""
        return bool(self.least or self.pad)

    def side(self, word: int) -> int:
        """Return the shorter side for a record with this random number of 32 bits; in TEST the middle of the range."""
        if not self.random:
            return (self.least + self.most) // 2
        return self.least + (word * (self.most - self.least + 1) >> 32)

    def sized(self, image: Image, side: int, whole: tuple[int, int] | None = None) -> Image:
        """Return an image P×H×W×K scaled to a shorter side, if that is not 0, in its frame.

        ``whole`` is the height and width that it would have if it had not been decoded smaller.
        """
        scaled = scaled_image(image, side, whole) if side else image
        margin = (self.pad, self.pad)
        return np.pad(scaled, ((0, 0), margin, margin, (0, 0))) if self.pad else scaled


def scaled_image(image: Image, side: int, whole: tuple[int, int] | None = None) -> Image:
    """Return an image P×H×W×K scaled so that its shorter side has ``side`` pixels, in the proportion of ``whole``."""
    before = whole or image.shape[1:3]
    height, width = scaled_size(before[0], before[1], side)
    planes = [cv2.resize(plane, (width, height)).reshape(height, width, -1) for plane in image]
    return np.stack(planes)


def scaled_size(height: int, width: int, side: int) -> tuple[int, int]:
    """Return the height and width of an image whose shorter side becomes ``side``; the longer is rounded down."""
    shorter = min(height, width)
    return side * height // shorter, side * width // shorter
