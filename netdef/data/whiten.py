"""Databases of whitened images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from netdef.data.database_writer import DatabaseWriter
from netdef.data.datum import Datum, write_datum
from netdef.data.decode import Image
from netdef.data.every_image import check_size, planes, use_every_image
from netdef.data.new_database import new_database
from netdef.data.open_source import open_database
from netdef.data.progress import Progress
from netdef.data.whitening import CovarianceSums, Rows, Whitening
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema

BLOCK = 512  # images whitened together
MOST = 16384  # values of an image: with more the matrix takes over 2 GB


def learn_whitening(
    database: str | Path, *, norm: float, bias: float, backend: str = "lmdb", progress: Progress | None = None
) -> Whitening:
    """Return what whitens the images of a database.

    Raises: DataError if it cannot be read, or its images differ in size or are too large.
    """
    sums = CovarianceSums(norm)
    _for_blocks(database, backend, lambda images, _: sums.add(images), progress)
    return sums.whitening(bias)


def whiten(
    database: str | Path,
    target: str | Path,
    whitening: Whitening,
    *,
    backend: str = "lmdb",
    progress: Progress | None = None,
) -> tuple[int, ...]:
    """Write a database of the whitened images of another, with their labels and in their order; return their shape.

    Raises: DataError if one cannot be read, the other cannot be written, or the images have another size.
    """
    with new_database(target, backend) as writer:
        return _for_blocks(database, backend, _Records(writer, whitening).add, progress, len(whitening.mean))


class _Records:
    """The records of a new database, numbered from 0."""

    def __init__(self, writer: DatabaseWriter, whitening: Whitening) -> None:
        self._writer = writer
        self._whitening = whitening
        self._count = 0

    def add(self, images: Rows, block: _Block) -> None:
        channels, height, width = block.shape
        for values, label in zip(self._whitening.of(images), block.labels, strict=True):
            floats = values.astype("<f4").tobytes()
            datum = write_datum(channels=channels, height=height, width=width, label=label, float_data=floats)
            self._writer.put(b"%08d" % self._count, datum)
            self._count += 1
        self._writer.commit()


class _Block:
    """Images of one size, of ``values`` values if that is given, and their labels, that wait to be used together."""

    def __init__(self, use: Callable[[Rows, _Block], object], values: int) -> None:
        self.shape: tuple[int, ...] = ()
        self.labels: list[int] = []
        self._images: list[Image] = []
        self._use = use
        self._values = values

    def add(self, image: Image, datum: Datum) -> None:
        pixels = planes(image)
        if not self.shape:
            self._check_values(pixels.size)
            self.shape = pixels.shape
        check_size(pixels.shape, self.shape)
        self._images.append(pixels.reshape(-1))
        self.labels.append(datum.label)
        if len(self.labels) == BLOCK:
            self.end()

    def end(self) -> None:
        """Use what waits."""
        if self.labels:
            self._use(np.stack(self._images).astype(np.float64), self)
        self._images, self.labels = [], []

    def _check_values(self, values: int) -> None:
        if self._values and values != self._values:
            raise DataError(f"has {values} values, the images that the whitening was learned from {self._values}")
        if values > MOST:
            raise DataError(f"has {values} values, {MOST} at most can be whitened: make the images smaller")


def _for_blocks(
    database: str | Path,
    backend: str,
    use: Callable[[Rows, _Block], object],
    progress: Progress | None,
    values: int = 0,
) -> tuple[int, ...]:
    """Use all images of a database, a block at a time, and return the shape that they have."""
    source = open_database(schema.DataParameter(source=str(database), backend=backend.upper()))
    block = _Block(use, values)
    try:
        use_every_image(source, str(database), block.add, progress)
        block.end()
    finally:
        source.close()
    return block.shape
