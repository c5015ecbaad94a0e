"""The mean image of a database, as compute_image_mean makes it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netdef.data.datum import Datum
from netdef.data.decode import Image
from netdef.data.every_image import check_size, planes, use_every_image
from netdef.data.open_source import open_database
from netdef.data.progress import Progress
from netdef.schema import netdef_pb2 as schema


class ImageMean(NamedTuple):
    """The mean of every pixel (C×H×W) and of every channel (C)."""

    image: NDArray[np.float32]
    channels: NDArray[np.float32]


def compute_image_mean(database: str | Path, *, backend: str = "lmdb", progress: Progress | None = None) -> ImageMean:
    """Average all records of ``database``; encoded ones are decoded to the channels that they have.

    Raises: DataError if the database cannot be read, or a record differs in size from the first.
    Source: compute_image_mean.cpp, whose running sum in float32 loses digits beyond 2^24; here the sum is exact.
    """
    options = schema.DataParameter(source=str(database), backend=backend.upper())
    source = open_database(options)
    sum_of = _Sum()
    try:
        use_every_image(source, str(database), sum_of.add, progress)
        image = sum_of.total.astype(np.float32) / np.float32(len(source))
    finally:
        source.close()
    return ImageMean(image, image.mean(axis=(1, 2), dtype=np.float64).astype(np.float32))


class _Sum:
    """The sum of images, C×H×W; 53 bits hold that of the bytes of any database exactly."""

    def __init__(self) -> None:
        self.total: NDArray[np.float64] = np.zeros(())

    def add(self, image: Image, datum: Datum) -> None:
        """Add an image, or begin with it."""
        pixels = planes(image)
        if not self.total.ndim:
            self.total = pixels.astype(np.float64)
            return
        check_size(pixels.shape, self.total.shape)
        self.total += pixels
