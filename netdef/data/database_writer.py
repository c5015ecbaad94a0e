"""What is common to writers of databases of all kinds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar


class DatabaseWriter(ABC):
    """Collects records and writes them with ``commit`` to a new database in ``folder``, which is empty.

    What a library refuses to do comes as one of ``failures``.
    """

    failures: ClassVar[tuple[type[Exception], ...]]

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def put(self, key: bytes, value: bytes) -> None:
        """Add a record to those that ``commit`` will write.

        Raises: DataError for a key that cannot be.
        """

    @abstractmethod
    def commit(self) -> None:
        """Write what was put since the last time."""

    def write_beside(self, name: str, text: str) -> None:
        """Write a text file into the database's folder, where it is in nobody's way."""
        (self.folder / name).write_text(text, encoding="utf-8")

    @abstractmethod
    def close(self) -> None:
        """Bring everything to the disk and close the database."""
