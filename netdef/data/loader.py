"""What makes one source layer's batches."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from netdef.data.batch import Ordinals, Part

Task = Callable[[], None]
TASK_RECORDS = 16  # enough to make a task's own cost (some 20 µs) small, few enough to keep all threads busy to the end


class Loader(Protocol):
    """Makes the batches of one layer from the ordinals of their rows; one thread calls ``begin``."""

    batch_size: int
    prefetch: int

    def __len__(self) -> int:
        """Return the number of records, 0 where they are drawn at random without an end."""

    def begin(self, ordinals: Ordinals) -> tuple[Part, list[Task]]:
        """Return a batch and the tasks that fill it, which may run at the same time in any thread.

        Raises: DataError.
        """

    def close(self) -> None:
        """Give back what the loader holds; no task may be running."""


def in_tasks(fill: Callable[[range], None], rows: range) -> list[Task]:
    """Cut the filling of ``rows`` into tasks of a few records each."""
    chunks = (rows[start : start + TASK_RECORDS] for start in range(0, len(rows), TASK_RECORDS))
    return [partial(fill, chunk) for chunk in chunks]
