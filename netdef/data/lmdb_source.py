"""The records of an LMDB database, in the order of their keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from netdef.data.lmdb_environment import borrow
from netdef.data.stored_record import StoredRecord
from netdef.errors import DataError

if TYPE_CHECKING:
    import lmdb


class LmdbSource:
    """An LMDB database, opened for reading as Caffe opens it: one read-only transaction for as long as it is in use.

    Raises: DataError if the database at ``path`` is empty, damaged or not to be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._loan = borrow(path)
        self._length = self._loan.environment.stat()["entries"]
        self._transaction = self._begin()
        self._cursor = self._transaction.cursor()
        self._index = -1
        self._closed = False

    def __len__(self) -> int:
        return self._length

    def read(self, ordinal: int) -> StoredRecord:
        """Return the record at ``ordinal`` modulo the number of records, valid until ``close``.

        Raises: DataError if the database is damaged there.
        """
        import lmdb

        try:
            self._move(ordinal % self._length)
            return StoredRecord(self._index, *self._cursor.item())
        except lmdb.Error as error:
            raise DataError(f"{self.path}: record {ordinal % self._length} cannot be read ({error})") from error

    def _begin(self) -> lmdb.Transaction[memoryview]:
        import lmdb

        try:
            # Programs that were killed leave their places in the table of readers taken; this clears them.
            self._loan.environment.reader_check()
            return self._loan.environment.begin(buffers=True)
        except lmdb.Error as error:
            self._loan.give_back()
            raise DataError(f"{self.path}: cannot be read ({error})") from error

    def _move(self, index: int) -> None:
        # LMDB does not count its records: the way to the n-th leads over all before it, some 0.1 µs each, and over a
        # page of each where it is not in memory. Numbers in the keys are no shorter way: whether some are left out and
        # others there twice, only a look at every key tells.
        if not 0 <= self._index <= index:
            self._cursor.first()
            self._index = 0
        for _ in range(index - self._index):
            self._cursor.next()
        self._index = index

    def close(self) -> None:
        """End the transaction and give the database back."""
        if not self._closed:
            self._closed = True
            self._cursor.close()
            self._transaction.abort()
            self._loan.give_back()
