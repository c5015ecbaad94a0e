"""Batches of an HDF5Data layer: rows that run on over the ends of the files, and from the last file to the first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netdef.data.batch import Ordinals, to_floats
from netdef.data.hdf5_files import Hdf5Files, Rows
from netdef.data.loader import Task
from netdef.data.paths import resolve
from netdef.data.random import make_key, permutation
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    import torch

PREFETCH = 4  # batches; HDF5Data has no option for it


class RowBatch:
    """Rows of the datasets, float32."""

    def __init__(self, ordinals: Ordinals, rows: Rows) -> None:
        self.ordinals = ordinals
        self._rows = rows

    def tensors(self, device: torch.device | str, dtype: torch.dtype) -> dict[str, torch.Tensor]:
        """Return each dataset's rows under its name, which is the top's."""
        return {name: to_floats(rows, device, dtype) for name, rows in self._rows.items()}


class Hdf5Loader:
    """Makes the batches of an HDF5Data layer; with ``shuffle`` each epoch has its own order of files and of their rows.

    Raises: DataError if the list or a file cannot be read.
    Source: hdf5_data_layer.cpp; its shuffles come from a generator, these from ``key`` and the number of the epoch.
    """

    def __init__(self, message: schema.LayerParameter, phase: int, key: int, folder: str | Path | None) -> None:
        options = message.hdf5_data_param
        self.batch_size = options.batch_size
        self.prefetch = PREFETCH
        self._shuffle = options.shuffle
        self._key = key
        self._files = Hdf5Files(resolve(options.source, folder), tuple(message.top), folder)

    def __len__(self) -> int:
        return len(self._files)

    def begin(self, ordinals: Ordinals) -> tuple[RowBatch, list[Task]]:
        """Gather the rows; nothing is left to do."""
        pieces = [self._files.rows(file, indices) for file, indices in self._places(ordinals)]
        rows = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
        return RowBatch(ordinals, rows), []

    def close(self) -> None:
        """Nothing stays open."""

    def _places(self, ordinals: Ordinals) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield file by file which of its rows come next; growing ordinals meet each file of an epoch once."""
        epochs, places = np.divmod(ordinals, len(self))
        for epoch in np.unique(epochs).tolist():
            order = self._file_order(epoch)
            ends = self._files.lengths[order].cumsum()
            inside = places[epochs == epoch]
            turns = np.searchsorted(ends, inside, side="right")
            for turn in np.unique(turns).tolist():
                file = int(order[turn])
                rows = inside[turns == turn] - (ends[turn] - self._files.lengths[file])
                yield file, self._row_order(epoch, file)[rows] if self._shuffle else rows

    def _file_order(self, epoch: int) -> NDArray[np.int64]:
        count = len(self._files.lengths)
        return permutation(make_key(self._key, "files", epoch), count) if self._shuffle else np.arange(count)

    def _row_order(self, epoch: int, file: int) -> NDArray[np.int64]:
        return permutation(make_key(self._key, "rows", epoch, file), int(self._files.lengths[file]))
