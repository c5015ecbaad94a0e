"""Arrays of any length cut into batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


def batches(arrays: Arrays, size: int) -> Iterator[dict[str, NDArray[Any]]]:
    """Go through arrays of equal length ``size`` rows at a time; the last batch is filled up with zeros."""
    for begin in range(0, length_of(arrays), size):
        yield {name: _filled_up(np.asarray(array[begin : begin + size]), size) for name, array in arrays.items()}


def length_of(arrays: Arrays) -> int:
    """Return the number of rows that arrays have."""
    return len(next(iter(arrays.values()), ()))


def _filled_up(rows: NDArray[Any], size: int) -> NDArray[Any]:
    missing = size - len(rows)
    return np.concatenate([rows, np.zeros((missing, *rows.shape[1:]), rows.dtype)]) if missing else rows


class Gathered:
    """The rows of some blobs over several batches."""

    def __init__(self) -> None:
        self._rows: dict[str, list[NDArray[Any]]] = {}

    def add(self, found: Arrays) -> None:
        """Take the rows of a batch."""
        for name, array in found.items():
            self._rows.setdefault(name, []).append(np.atleast_1d(array).copy())

    def arrays(self, length: int) -> dict[str, NDArray[Any]]:
        """Return all rows, without those of the last batch that only filled it up."""
        return {name: _cut(np.concatenate(rows), length) for name, rows in self._rows.items()}


def _cut(rows: NDArray[Any], length: int) -> NDArray[Any]:
    return rows[:length] if length else rows
