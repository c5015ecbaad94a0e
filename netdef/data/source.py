"""What the rest of the room knows of a place that images come from."""

from __future__ import annotations

from typing import Protocol

from netdef.data.datum import Datum


class Record(Protocol):
    """One stored image, found but not looked into yet; any thread may ask for its content."""

    @property
    def place(self) -> str:
        """What an error calls the record: its number and key, or the line and name of its file."""

    def datum(self) -> Datum:
        """Return the content.

        Raises: DataError if it is damaged.
        """


class Source(Protocol):
    """Records in a fixed order, numbered from 0; an ordinal beyond the last wraps around to the first.

    Records stay readable until the source is closed. One thread reads; going forward is fast, going back may be slow.
    """

    def __len__(self) -> int:
        """Return the number of records, at least 1; it may take a walk over all of them."""

    def read(self, ordinal: int) -> Record:
        """Return the record at ``ordinal`` modulo the number of records.

        Raises: DataError if it cannot be read.
        """

    def close(self) -> None:
        """Give back what the source holds."""
