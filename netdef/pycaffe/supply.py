"""What a net's source layers get: batches of databases, or of arrays in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from netdef.data.batch import Batch
from netdef.data.feed import Feed
from netdef.errors import UsageError
from netdef.graph.graph import Graph, Node
from netdef.layers.memory_data import MemoryData
from netdef.pycaffe import mode
from netdef.schema import netdef_pb2 as schema

FILLED_BY_HAND = ("Input", "MemoryData")


class ArrayBatches:
    """The arrays of one MemoryData layer, batch after batch, and again from the first."""

    def __init__(self, node: Node, layer: MemoryData) -> None:
        self.node = node
        self.batch = layer.batch
        self.arrays: tuple[NDArray[np.float32], ...] = ()
        self.position = 0

    def set(self, data: ArrayLike, labels: ArrayLike) -> None:
        """Take N×C×H×W data and N labels from now on, from the first.

        Raises: UsageError if the shapes do not fit.
        """
        images, answers = np.ascontiguousarray(data, np.float32), np.ascontiguousarray(labels, np.float32)
        if images.ndim != len(self.batch) or images.shape[1:] != self.batch[1:]:
            wanted = "×".join(map(str, self.batch[1:]))
            raise UsageError(f'layer "{self.node.name}" takes data of N×{wanted}; these are of {images.shape}')
        if len(images) != len(answers) or answers.size != len(answers):
            raise UsageError(f"{len(images)} records need one label each; the labels are of {answers.shape}")
        if not len(images) or len(images) % self.batch[0]:
            raise UsageError(f"{len(images)} records do not make whole batches of {self.batch[0]}")
        self.arrays = (images, answers.reshape(-1, 1, 1, 1))
        self.position = 0

    def next(self) -> dict[str, Tensor]:
        """Return the next batch by blob name.

        Raises: UsageError if no arrays are set.
        """
        if not self.arrays:
            name = self.node.name
            raise UsageError(f'layer "{name}" (MemoryData) has no arrays yet: give the net some with set_input_arrays')
        begin, end = self.position, self.position + self.batch[0]
        self.position = end % len(self.arrays[0])
        names = (top.name for top in self.node.tops)
        return {name: torch.from_numpy(array[begin:end]) for name, array in zip(names, self.arrays, strict=True)}


@dataclass(frozen=True)
class Supplied:
    """One batch of all source layers that have data of their own."""

    records: Batch | None
    arrays: Mapping[str, Tensor]

    @property
    def ordinals(self) -> Mapping[str, NDArray[np.int64]]:
        """The ordinals of the records, by layer."""
        return self.records.ordinals if self.records else {}

    def tensors(self, device: torch.device, dtype: torch.dtype) -> dict[str, Tensor]:
        """Return every top by name."""
        records = self.records.tensors(device, dtype) if self.records else {}
        return {**records, **{name: tensor.to(device, dtype) for name, tensor in self.arrays.items()}}


class Supply:
    """Gives a net its batches. Databases are opened when the first batch is asked for; closing ends their threads.

    Of several solvers, as ``set_solver_count`` tells, each trains on every ``solver_count``-th record.

    ``folder`` is that of the net's file; ``seed`` and ``name`` key the random draws; ``start`` tells from which record
    each database begins, by layer.
    """

    def __init__(
        self, graph: Graph, folder: Path, *, seed: int, name: str, start: Mapping[str, int] | None = None
    ) -> None:
        self.in_memory = [ArrayBatches(node, node.layer) for node in graph.nodes if isinstance(node.layer, MemoryData)]
        self._stored = [node.layer.message for node in graph.sources if node.type not in FILLED_BY_HAND]
        phase = schema.TRAIN if graph.train else schema.TEST
        rank, world = (mode.solver_rank(), mode.solver_count()) if graph.train else (0, 1)
        self._open = partial(
            Feed, self._stored, phase, seed=seed, net_name=name, folder=folder, start=start, rank=rank, world=world
        )
        self._feed: Feed | None = None

    def next(self) -> Supplied:
        """Return the next batch.

        Raises: DataError, UsageError.
        """
        if self._stored and self._feed is None:
            self._feed = self._open()
        arrays = {name: tensor for source in self.in_memory for name, tensor in source.next().items()}
        return Supplied(self._feed.next() if self._feed else None, arrays)

    def positions(self) -> dict[str, int]:
        """Return how many records each database has given."""
        return self._feed.positions() if self._feed else {}

    def close(self) -> None:
        """Close the databases."""
        if self._feed:
            self._feed.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
