"""The principal components of the colours of a database of images."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netdef.data.colour_pca import FULL
from netdef.data.datum import Datum
from netdef.data.decode import Image
from netdef.data.every_image import planes, use_every_image
from netdef.data.open_source import open_database
from netdef.data.progress import Progress
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema


class Components(NamedTuple):
    """Variances of the colours, of values 0…1, the largest first, and their directions, one a row; of ``images``."""

    variances: NDArray[np.float64]
    directions: NDArray[np.float64]
    images: int


class _Sums:
    """What the covariance of pixels is made of."""

    def __init__(self) -> None:
        self.pixels = 0
        self.total: NDArray[np.float64] = np.zeros(())
        self.products: NDArray[np.float64] = np.zeros(())

    def add(self, image: Image, datum: Datum) -> None:
        """Add the pixels of an image P×H×W×K, one of P and K is 1."""
        own = planes(image)
        pixels = own.reshape(len(own), -1).astype(np.float64) / FULL
        if self.pixels and len(pixels) != len(self.total):
            raise DataError(f"has {len(pixels)} channels, the first record {len(self.total)}")
        self.pixels += pixels.shape[1]
        self.total = self.total + pixels.sum(1)
        self.products = self.products + pixels @ pixels.T

    def covariance(self) -> NDArray[np.float64]:
        mean = self.total / self.pixels
        return self.products / self.pixels - np.outer(mean, mean)


def colour_components(database: str | Path, *, backend: str = "lmdb", progress: Progress | None = None) -> Components:
    """Find the eigenvalues and eigenvectors of the covariance of all pixels' colours.

    An eigenvector points to where its largest component is positive.
    Raises: DataError if the database cannot be read, or a record has other channels than the first.
    Source: Krizhevsky et al. 2012, section 4.1.
    """
    source = open_database(schema.DataParameter(source=str(database), backend=backend.upper()))
    sums = _Sums()
    try:
        use_every_image(source, str(database), sums.add, progress)
        variances, columns = np.linalg.eigh(sums.covariance())
        directions = columns.T[::-1]
        largest = np.abs(directions).argmax(1)[:, None]
        signs = np.sign(np.take_along_axis(directions, largest, 1))
        return Components(np.maximum(variances[::-1], 0), directions * signs, len(source))
    finally:
        source.close()
