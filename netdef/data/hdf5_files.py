"""Rows of datasets in HDF5 files, as HDF5Data reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from netdef.data.hdf5_list import read_file_list
from netdef.errors import DataError
from netdef.weights.hdf5_file import reading

if TYPE_CHECKING:
    import h5py

Rows = dict[str, NDArray[np.float32]]
"""Rows by name of dataset, N×(shape of a row)."""


class Hdf5Files:
    """The files that a list names, each with the datasets ``names``; only the file last read is held in memory.

    Raises: DataError if a file or dataset is missing or of another shape than those before it, or if there is no row.
    """

    def __init__(self, source: Path, names: Sequence[str], folder: str | Path | None = None) -> None:
        self._paths = read_file_list(source, folder)
        self._names = names
        shapes = [row_shapes(path, names) for path in self._paths]
        self.lengths = np.array([length for length, _ in shapes], np.int64)
        self.row_shapes = shapes[0][1]
        for path, (_, found) in zip(self._paths, shapes, strict=True):
            _check_alike(path, found, self._paths[0], self.row_shapes)
        if not self.lengths.sum():
            raise DataError(f"{source}: the files that it lists have no rows")
        self._loaded: tuple[int, Rows] = (-1, {})

    def __len__(self) -> int:
        return int(self.lengths.sum())

    def rows(self, file: int, indices: NDArray[np.int64]) -> Rows:
        """Return the rows at ``indices`` of the file numbered ``file``.

        Raises: DataError if it can be read no more.
        """
        if self._loaded[0] != file:
            self._loaded = (file, _load(self._paths[file], self._names))
        return {name: values[indices] for name, values in self._loaded[1].items()}


def row_shapes(path: Path, names: Sequence[str]) -> tuple[int, dict[str, tuple[int, ...]]]:
    """Return the number of rows in a file and the shape of one row of each dataset."""
    with _open(path) as file:
        shapes = {name: _dataset(file, path, name).shape for name in names}
    lengths = {name: shape[0] for name, shape in shapes.items()}
    if len(set(lengths.values())) != 1:
        counts = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise DataError(f"{path}: the datasets have different numbers of rows ({counts})")
    return lengths[names[0]], {name: shape[1:] for name, shape in shapes.items()}


def _check_alike(path: Path, found: dict[str, Any], first: Path, expected: dict[str, Any]) -> None:
    for name, shape in expected.items():
        if found[name] != shape:
            raise DataError(f'{path}: a row of "{name}" has shape {found[name]}, in {first} it has {shape}')


def _load(path: Path, names: Sequence[str]) -> Rows:
    with _open(path) as file:
        return {name: np.asarray(_dataset(file, path, name)[()], np.float32) for name in names}


@contextmanager
def _open(path: Path) -> Iterator[h5py.File]:
    if not path.exists():
        raise DataError(f"{path}: no such HDF5 file (working directory {Path.cwd()})")
    with reading(path, DataError) as file:
        yield file


def _dataset(file: h5py.File, path: Path, name: str) -> h5py.Dataset:
    import h5py

    dataset = file.get(name)
    if not isinstance(dataset, h5py.Dataset):
        names = ", ".join(map(str, file)) or "nothing"
        raise DataError(f'{path}: has no dataset "{name}", the name of a top; it has {names}')
    if not dataset.ndim:
        raise DataError(f'{path}: dataset "{name}" is a single number, must have at least one axis: that of the rows')
    if dataset.dtype.kind not in "fiu":
        raise DataError(f'{path}: dataset "{name}" holds {dataset.dtype}, must hold numbers')
    return dataset
