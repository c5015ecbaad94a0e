"""What makes one source layer's batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from netdef.data.batch import Ordinals, Part

Task = Callable[[], None]


class Loader(Protocol):
    """Makes the batches of one layer from the ordinals of their rows; one thread calls ``begin``."""

    batch_size: int
    prefetch: int

    def __len__(self) -> int:
        """Return the number of records."""

    def begin(self, ordinals: Ordinals) -> tuple[Part, list[Task]]:
        """Return a batch and the tasks that fill it, which may run at the same time in any thread.

        Raises: DataError.
        """

    def close(self) -> None:
        """Give back what the loader holds; no task may be running."""
