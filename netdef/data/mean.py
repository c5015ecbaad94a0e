"""The mean image of a database, as compute_image_mean makes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netdef.data.color_mode import ColorMode
from netdef.data.decode import Image, decode
from netdef.data.open_source import open_database
from netdef.data.source import Source
from netdef.errors import DataError
from netdef.layers.shape import show
from netdef.schema import netdef_pb2 as schema


class ImageMean(NamedTuple):
    """The mean of every pixel (C×H×W) and of every channel (C)."""

    image: NDArray[np.float32]
    channels: NDArray[np.float32]


def compute_image_mean(
    database: str | Path, *, backend: str = "lmdb", progress: Callable[[int, int], None] | None = None
) -> ImageMean:
    """Average all records of ``database``; encoded ones are decoded to the channels that they have.

    Raises: DataError if the database cannot be read, or a record differs in size from the first.
    Source: compute_image_mean.cpp, whose running sum in float32 loses digits beyond 2^24; here the sum is exact.
    """
    options = schema.DataParameter(source=str(database), backend=backend.upper())
    source = open_database(options)
    try:
        total = _total(source, str(database), progress)
        image = total.astype(np.float32) / np.float32(len(source))
    finally:
        source.close()
    return ImageMean(image, image.mean(axis=(1, 2), dtype=np.float64).astype(np.float32))


def _total(source: Source, database: str, progress: Callable[[int, int], None] | None) -> NDArray[np.float64]:
    """Sum the records; 53 bits hold the sum of bytes of any database exactly."""
    total: NDArray[np.float64] = np.zeros(())
    for ordinal in range(len(source)):
        record = source.read(ordinal)
        try:
            total = _add(total, decode(record.datum(), ColorMode.NATIVE))
        except DataError as error:
            raise DataError(f"{database}: {record.place}: {error}") from error
        if progress:
            progress(ordinal + 1, len(source))
    return total


def _add(total: NDArray[np.float64], image: Image) -> NDArray[np.float64]:
    """Add ``image`` (P×H×W×K, one of P and K is 1) to a sum of shape C×H×W, or begin one."""
    planes = image[..., 0] if image.shape[3] == 1 else image[0].transpose(2, 0, 1)
    if not total.ndim:
        return planes.astype(np.float64)
    if planes.shape != total.shape:
        found, expected = show(planes.shape), show(total.shape)
        raise DataError(f"is {found}, the first record {expected} (channels × height × width): resize the images")
    total += planes
    return total
