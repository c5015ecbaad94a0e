"""Batches that are on their way to a device while the one before is learned from."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from netdef.data.batch import Batch, Ordinals
from netdef.data.feed import Feed
from netdef.data.lane import Carried, Lane, Tensors, lane_to

if TYPE_CHECKING:
    import torch

T = TypeVar("T")


class Ahead:
    """Gives the batches of an endless feed, each of which began its way to the device one batch earlier.

    Its positions are those of the batches given, not of the one ahead.
    """

    def __init__(self, feed: Feed, device: torch.device, dtype: torch.dtype, lane: Lane) -> None:
        self._feed = feed
        self._device = device
        self._dtype = dtype
        self._lane = lane
        self._next: BatchAhead | None = None
        self._positions = feed.positions()
        self._given: deque[BatchAhead] = deque()

    def next(self) -> BatchAhead:
        """Return the next batch, and begin with the one after it.

        Raises: DataError if a record of the one after it cannot be read.
        """
        batch = self._next or self._begin()
        self._positions = self._feed.positions()
        self._given.append(batch)  # its memory on the host is read until it has arrived
        while self._given[0] is not batch and self._given[0].finished():
            self._given.popleft()
        self._next = self._begin()
        return batch

    def _begin(self) -> BatchAhead:
        batch = self._feed.next()
        return BatchAhead(batch, self._lane.carry(partial(batch.tensors, self._device, self._dtype)))

    def positions(self) -> dict[str, int]:
        """Return, by layer, how many records all ranks have been given."""
        return self._positions

    def close(self) -> None:
        """Close the feed."""
        self._feed.close()


def ahead_on(device: torch.device, dtype: torch.dtype, batches: T) -> T | Ahead:
    """Let a feed make its batches for a device, and return them ahead where that is a GPU; all else as it is."""
    if not isinstance(batches, Feed):
        return batches
    batches.make_for(device, dtype)
    return Ahead(batches, device, dtype, lane_to(device)) if device.type == "cuda" else batches


class BatchAhead:
    """A batch, some of it on its way."""

    def __init__(self, batch: Batch, carried: Carried) -> None:
        self._batch = batch
        self._carried = carried

    @property
    def ordinals(self) -> Mapping[str, Ordinals]:
        """The ordinals of the rows, by layer."""
        return self._batch.ordinals

    def tensors(self, device: torch.device, dtype: torch.dtype) -> Tensors:
        """Return the batch, where and as it was ordered."""
        return self._carried.arrive()

    def finished(self) -> bool:
        """Tell whether the batch has arrived."""
        return self._carried.finished()
