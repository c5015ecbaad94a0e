"""The records of a LevelDB database, in the order of their keys."""

from __future__ import annotations

from pathlib import Path

from netdef.data.leveldb_mirror import LeveldbMirror
from netdef.data.stored_record import StoredRecord
from netdef.errors import DataError


class LeveldbSource:
    """A LevelDB database, opened for reading.

    LevelDB does not count its records: their number is known after the first walk to the end, or after one that ``len``
    takes.

    Raises: DataError if ``path`` is no LevelDB database, or one that is empty or damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mirror = LeveldbMirror(path)
        self._length = 0
        self._index = -1
        try:
            self.read(0)
        except DataError:
            self.close()
            raise

    def __len__(self) -> int:
        if not self._length:
            with self._mirror.failing_as("its records cannot be counted"):
                keys = self._mirror.database.iterator(include_value=False, verify_checksums=True)
                self._length = sum(1 for _ in keys)
        return self._length

    def read(self, ordinal: int) -> StoredRecord:
        """Return the record at ``ordinal`` modulo the number of records.

        Raises: DataError if the database is damaged there.
        """
        self._move(ordinal)
        return StoredRecord(self._index, *self._iterator.item())

    def _move(self, ordinal: int) -> None:
        target = ordinal % self._length if self._length else ordinal
        if not 0 <= self._index <= target:
            self._rewind()
        while self._index < target and self._step():
            pass
        if self._index < target:
            self._move(ordinal)

    def _rewind(self) -> None:
        # A new one, since an iterator that has met damage once reports it for ever.
        self._iterator = self._mirror.database.raw_iterator(verify_checksums=True)
        with self._mirror.failing_as("record 0 cannot be read"):
            self._iterator.seek_to_first()
        if not self._iterator.valid():
            raise DataError(f"{self._path}: the database is empty, it has no record to read")
        self._index = 0

    def _step(self) -> bool:
        """Go to the next record if there is one; at the end the number of records is known."""
        index, self._index = self._index + 1, -1
        with self._mirror.failing_as(f"record {index} cannot be read"):
            self._iterator.next()
        if not self._iterator.valid():
            self._length = index
            return False
        self._index = index
        return True

    def close(self) -> None:
        """Close the database."""
        self._mirror.close()
