"""Batches that give each record of a feed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from netdef.data.feed import Feed
from netdef.errors import UsageError
from netdef.solver.loop import Batch


@dataclass(frozen=True)
class Beginning:
    """The first ``rows`` of a batch."""

    batch: Batch
    rows: int

    @property
    def ordinals(self) -> Mapping[str, NDArray[np.int64]]:
        """The ordinals of these rows, by source layer."""
        return {layer: ordinals[: self.rows] for layer, ordinals in self.batch.ordinals.items()}

    def tensors(self, device: torch.device, dtype: torch.dtype) -> Mapping[str, Tensor]:
        """Return these rows of the input blobs by name."""
        return {name: tensor[: self.rows] for name, tensor in self.batch.tensors(device, dtype).items()}


def whole_set(feed: Feed) -> Iterator[Batch]:
    """Go once through the records of a new feed; the last batch is cut to what is left.

    Raises: UsageError if the net's data layers do not have one number of records.
    """
    counts = feed.record_counts()
    if len(set(counts.values())) != 1:
        listed = ", ".join(f'layer "{layer}" has {count}' for layer, count in counts.items()) or "it has no data layer"
        raise UsageError(f"the net has no one number of records to go through: {listed}; give --iterations")
    left = next(iter(counts.values()))
    while left > 0:
        batch: Batch = feed.next()
        rows = min(len(next(iter(batch.ordinals.values()))), left)
        yield Beginning(batch, rows)
        left -= rows
