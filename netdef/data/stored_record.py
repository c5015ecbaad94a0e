"""A record of a database: a key and the bytes of a Datum."""

from __future__ import annotations

from typing import NamedTuple

from netdef.data.datum import Datum, parse_datum


class StoredRecord(NamedTuple):
    """A record as its database holds it; key and value may be views of the database's memory."""

    number: int
    key: bytes | memoryview
    value: bytes | memoryview

    @property
    def name(self) -> str:
        """The key as text."""
        return bytes(self.key).decode(errors="replace")

    @property
    def place(self) -> str:
        """Number and key."""
        return f'record {self.number} "{self.name}"'

    def datum(self) -> Datum:
        """Parse the value."""
        return parse_datum(self.value)
