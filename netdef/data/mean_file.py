"""Mean images: Caffe's binaryproto files (one BlobProto), and NumPy's .npy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netdef.data.blob_file import read_blob
from netdef.errors import DataError
from netdef.layers.shape import show
from netdef.schema import netdef_pb2 as schema
from netdef.weights.blob_proto import array_of


def read_mean_file(path: str | Path) -> NDArray[np.float32]:
    """Return the mean image as C×H×W.

    Raises: DataError if the file cannot be read or holds no array of that shape.
    """
    mean = _read_npy(path) if Path(path).suffix == ".npy" else _read_blob(path)
    shape = mean.shape
    while len(shape) > 3 and shape[0] == 1:
        shape = shape[1:]
    if len(shape) != 3:
        raise DataError(f"{path}: a mean image has the shape channels×height×width, this one has {show(mean.shape)}")
    return mean.reshape(shape)


def write_mean_file(path: str | Path, mean: NDArray[np.float32]) -> None:
    """Write a C×H×W mean image as Caffe does, with the old four lengths (num is 1)."""
    channels, height, width = mean.shape
    blob = schema.BlobProto(num=1, channels=channels, height=height, width=width, data=mean.ravel().tolist())
    Path(path).write_bytes(blob.SerializeToString())


def _read_npy(path: str | Path) -> NDArray[np.float32]:
    try:
        return np.asarray(np.load(path, allow_pickle=False), np.float32)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: the mean cannot be read ({error})") from error


def _read_blob(path: str | Path) -> NDArray[np.float32]:
    try:
        return array_of(read_blob(path)).astype(np.float32)
    except ValueError as error:
        raise DataError(f"{path}: {error}") from error
