"""One source layer's batches, made ahead of their use."""

from __future__ import annotations

import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

import numpy as np

from netdef.data.batch import Ordinals, Part
from netdef.data.loader import Loader


class Share(NamedTuple):
    """Which records belong to this process: those whose ordinal leaves ``rank`` when divided by ``world``.

    With ``whole_batches`` every world-th batch instead, from batch number ``rank`` on.
    """

    rank: int = 0
    world: int = 1
    whole_batches: bool = False

    def first(self, position: int, count: int) -> int:
        """Return the first of this rank's ``count`` ordinals from ``position`` on."""
        return position + (self.rank * count if self.whole_batches else (self.rank - position) % self.world)

    def ordinals(self, position: int, count: int) -> Ordinals:
        """Return this rank's ``count`` ordinals from ``position`` on; all ranks together take count·world of them."""
        first = self.first(position, count)
        if self.whole_batches:
            return np.arange(first, first + count, dtype=np.int64)
        return np.arange(first, first + count * self.world, self.world, dtype=np.int64)


class Stream:
    """Keeps ``loader.prefetch`` batches in the making behind the one that is asked for next.

    One thread of its own finds the records in order; the tasks that decode them go to ``pool``. What a batch holds
    depends on its position alone, not on who makes it or when. With a ``limit`` only ordinals below it are delivered:
    the last batch may be smaller, and then the stream has ended.
    """

    def __init__(
        self, loader: Loader, pool: ThreadPoolExecutor, *, position: int, share: Share, limit: int | None = None
    ) -> None:
        self.position = position
        self._limit = sys.maxsize if limit is None else limit
        self._loader = loader
        self._pool = pool
        self._share = share
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="netdef-read")
        self._ahead = position
        self._pending: deque[Future[tuple[Part, list[Future[None]]]]] = deque()
        self._top_up()

    @property
    def ended(self) -> bool:
        """Whether there is no batch left."""
        return not self._pending

    def ready(self) -> Part:
        """Return the next batch of a stream that has not ended, waiting for it if need be; the same until ``advance``.

        Raises: DataError if one of its records cannot be read.
        """
        part, tasks = self._pending[0].result()
        wait(tasks[-1:])  # most others are done then; waiting for each would wake this thread, and stop a busy one
        for task in tasks:
            task.result()
        return part

    def advance(self) -> None:
        """Go on to the batch behind the one that ``ready`` returned, and begin another."""
        self._pending.popleft()
        self.position = min(self.position + self._stride, self._limit)
        self._top_up()

    def stop_reading(self) -> None:
        """Begin no more batches; wait for the one being begun."""
        self._reader.shutdown(cancel_futures=True)

    def close(self) -> None:
        """Drop what was made ahead: after ``stop_reading``, when the pool has stopped, and before the loader closes."""
        self._pending.clear()

    @property
    def _stride(self) -> int:
        return self._loader.batch_size * self._share.world

    def _top_up(self) -> None:
        wanted = max(1, self._loader.prefetch)
        while len(self._pending) < wanted and self._share.first(self._ahead, self._loader.batch_size) < self._limit:
            self._pending.append(self._reader.submit(self._begin, self._ahead))
            self._ahead += self._stride

    def _begin(self, position: int) -> tuple[Part, list[Future[None]]]:
        ordinals = self._share.ordinals(position, self._loader.batch_size)
        part, tasks = self._loader.begin(ordinals[ordinals < self._limit])
        return part, [self._pool.submit(task) for task in tasks]
