"""The batches of a test, which the workers take in turns."""

from __future__ import annotations

from collections.abc import Mapping

from netdef.data.batch import Batch
from netdef.data.feed import Feed


class Turns:
    """Batches of a test net: of N workers, ``rank`` runs every N-th one, from batch number rank on.

    ``feed`` gives these; ``first`` is where the test set's ordinals began.
    """

    def __init__(self, feed: Feed, rank: int, count: int, first: Mapping[str, int]) -> None:
        self._feed = feed
        self._rank = rank
        self._count = count
        self._first = first
        self._turn = 0

    def next(self) -> Batch | None:
        """Go on by one batch, and return it if it is this worker's."""
        mine = self._turn % self._count == self._rank
        batch = self._feed.next() if mine else None
        self._turn += 1
        return batch

    def positions(self) -> dict[str, int]:
        """Return, by layer, how many records have been given to all workers."""
        return {
            layer: self._first.get(layer, 0) + self._turn * size for layer, size in self._feed.batch_sizes().items()
        }

    def close(self) -> None:
        """Close the databases."""
        self._feed.close()
