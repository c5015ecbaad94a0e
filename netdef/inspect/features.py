"""What a net makes of each record of its data: blobs, row by row, as records of databases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from netdef.data.database_writer import DatabaseWriter
from netdef.data.datum import write_datum
from netdef.data.new_database import new_database
from netdef.errors import UsageError
from netdef.net import Net
from netdef.solver.batch import Batches, run_batch

COMMIT_ROWS = 1000
MOST_AXES = 4  # those of a record are channels, height and width

Progress = Callable[[str, int], None]
"""Called with a blob's name and the number of its rows that are written."""


def extract_features(
    net: Net, batches: Batches, count: int, databases: Mapping[str, str | Path], *, backend: str, progress: Progress
) -> None:
    """Run ``count`` batches and write the rows of blobs to new databases, which are given by the blobs' names.

    A record is a Datum with float_data, its key the number of the row in ten digits.

    Raises: UsageError for a blob that the net does not have or that has no rows; DataError if a database cannot be.
    Source: extract_features.cpp.
    """
    _check_names(net, databases)
    with ExitStack() as stack:
        writers = [
            _RowWriter(name, stack.enter_context(new_database(path, backend)), progress)
            for name, path in databases.items()
        ]
        for number in range(count):
            with torch.no_grad():
                result, _ = run_batch(net, batches.next(), number, keep=tuple(databases))
            for writer in writers:
                writer.add(result.blobs[writer.name])
        for writer in writers:
            writer.finish()


def feature_datum(row: NDArray[np.float32]) -> bytes:
    """Return the Datum of one row: a number, or C, C×H or C×H×W of them."""
    channels, height, width = (*row.shape, 1, 1, 1)[:3]
    values = row.astype("<f4", copy=False).tobytes()
    return write_datum(channels=channels, height=height, width=width, float_data=values)


def _check_names(net: Net, names: Iterable[str]) -> None:
    there = dict.fromkeys(value.name for value in net.graph.values())
    for name in names:
        if name not in there:
            raise UsageError(f'net "{net.graph.name}" has no blob "{name}"; it has: {", ".join(there)}')


class _RowWriter:
    """Writes the rows of one blob."""

    def __init__(self, name: str, writer: DatabaseWriter, progress: Progress) -> None:
        self.name = name
        self._writer = writer
        self._progress = progress
        self._count = 0

    def add(self, blob: Tensor) -> None:
        if not 1 <= blob.dim() <= MOST_AXES:
            found = f'blob "{self.name}" has {blob.dim()} axes'
            raise UsageError(f"{found}, must have 1 to {MOST_AXES}, the first that of the records")
        for row in blob.float().cpu().numpy():
            self._writer.put(b"%010d" % self._count, feature_datum(row))
            self._count += 1
            if self._count % COMMIT_ROWS == 0:
                self._commit()

    def finish(self) -> None:
        if self._count % COMMIT_ROWS:
            self._commit()

    def _commit(self) -> None:
        self._writer.commit()
        self._progress(self.name, self._count)
