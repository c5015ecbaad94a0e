"""The records of an LMDB database, in the order of their keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from netdef.data.lmdb_environment import borrow
from netdef.data.numbered_keys import digits_of_numbers, start_of_key
from netdef.data.stored_record import StoredRecord
from netdef.errors import DataError

if TYPE_CHECKING:
    import lmdb


class LmdbSource:
    """An LMDB database, opened for reading as Caffe opens it: one read-only transaction for as long as it is in use.

    Raises: DataError if the database at ``path`` is empty, damaged or not to be read.
    """

    def __init__(self, path: Path) -> None:
        import lmdb

        self.path = path
        self._error = lmdb.Error
        self._loan = borrow(path)
        self._length = self._loan.environment.stat()["entries"]
        self._transaction = self._begin()
        self._cursor = self._transaction.cursor()
        self._index = -1
        self._digits: int | None = None  # looked up when it is needed
        self._closed = False

    def __len__(self) -> int:
        return self._length

    def read(self, ordinal: int) -> StoredRecord:
        """Return the record at ``ordinal`` modulo the number of records, valid until ``close``.

        Raises: DataError if the database is damaged there.
        """
        index = ordinal % self._length
        try:
            if 0 <= self._index == index - 1:  # as most often: this runs for each record
                self._cursor.next()
            else:
                self._move(index)
            self._index = index
            key, value = self._cursor.item()
        except self._error as error:
            raise DataError(f"{self.path}: record {index} cannot be read ({error})") from error
        return StoredRecord(index, key, value)

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
        far = not 0 <= index - self._index <= 1
        if not (far and self._jump(index)):
            self._walk(index)

    def _jump(self, index: int) -> bool:
        """Go to a record by its number in its key, and say whether that can be done."""
        if self._digits is None:
            self._digits = digits_of_numbers(self._key(self._cursor.first), self._key(self._cursor.last), self._length)
        if self._digits and self._is_at(index) and (index == 0 or self._follows(index - 1)):
            return True
        self._index = -1
        return False

    def _is_at(self, number: int) -> bool:
        """Go to the first key of a number, and tell whether there is one."""
        return self._cursor.set_range(start_of_key(number, self._digits or 0)) and self._has(number)

    def _follows(self, number: int) -> bool:
        """Tell whether the key before this one has a number: then none is left out here, and this one is the first."""
        return self._cursor.prev() and self._has(number) and self._cursor.next()

    def _has(self, number: int) -> bool:
        return bytes(self._cursor.key()).startswith(start_of_key(number, self._digits or 0))

    def _walk(self, index: int) -> None:
        # LMDB does not count its records: the way to the n-th leads over all before it, some 0.1 µs each, and to the
        # disk for each that is not in memory.
        if not 0 <= self._index <= index:
            self._cursor.first()
            self._index = 0
        for _ in range(index - self._index):
            self._cursor.next()

    def _key(self, move: Callable[[], bool]) -> bytes:
        move()
        return bytes(self._cursor.key())

    def close(self) -> None:
        """End the transaction and give the database back."""
        if not self._closed:
            self._closed = True
            self._cursor.close()
            self._transaction.abort()
            self._loan.give_back()
