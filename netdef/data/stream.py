"""One source layer's batches, made ahead of their use."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from netdef.data.batch import Ordinals, Part
from netdef.data.loader import Loader


class Share(NamedTuple):
    """Which records belong to this process: those whose ordinal leaves ``rank`` when divided by ``world``."""

    rank: int = 0
    world: int = 1

    def ordinals(self, position: int, count: int) -> Ordinals:
        """Return this rank's ``count`` ordinals from ``position`` on; all ranks together take count·world of them."""
        first = position + (self.rank - position) % self.world
        return np.arange(first, first + count * self.world, self.world, dtype=np.int64)


class Stream:
    """Keeps ``loader.prefetch`` batches in the making behind the one that is asked for next.

    One thread of its own finds the records in order; the tasks that decode them go to ``pool``. What a batch holds
    depends on its position alone, not on who makes it or when.
    """

    def __init__(self, loader: Loader, pool: ThreadPoolExecutor, *, position: int, share: Share) -> None:
        self.position = position
        self._loader = loader
        self._pool = pool
        self._share = share
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="netdef-read")
        self._ahead = position
        self._pending: deque[Future[tuple[Part, list[Future[None]]]]] = deque()
        self._top_up()

    def ready(self) -> Part:
        """Return the next batch, waiting for it if need be; the same one until ``advance``.

        Raises: DataError if one of its records cannot be read.
        """
        part, tasks = self._pending[0].result()
        for task in tasks:
            task.result()
        return part

    def advance(self) -> None:
        """Go on to the batch behind the one that ``ready`` returned, and begin another."""
        self._pending.popleft()
        self.position += self._stride
        self._top_up()

    def stop_reading(self) -> None:
        """Begin no more batches; wait for the one being begun."""
        self._reader.shutdown(cancel_futures=True)

    def close(self) -> None:
        """Close the source, once nothing reads from it: after ``stop_reading``, and when the pool has stopped."""
        self._pending.clear()
        self._loader.close()

    @property
    def _stride(self) -> int:
        return self._loader.batch_size * self._share.world

    def _top_up(self) -> None:
        while len(self._pending) < max(1, self._loader.prefetch):
            self._pending.append(self._reader.submit(self._begin, self._ahead))
            self._ahead += self._stride

    def _begin(self, position: int) -> tuple[Part, list[Future[None]]]:
        part, tasks = self._loader.begin(self._share.ordinals(position, self._loader.batch_size))
        return part, [self._pool.submit(task) for task in tasks]
