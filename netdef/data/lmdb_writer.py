"""Writing records to an LMDB database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lmdb

from netdef.data.database_writer import DatabaseWriter
from netdef.errors import DataError

FIRST_MAP_SIZE = 1 << 20
# From py-lmdb 3 on there are two engines; 0 is LMDB 0.9, whose files every reader knows.
_ENGINE: dict[str, Any] = {"lib_version": 0} if hasattr(lmdb.Environment, "lib_version") else {}


class LmdbWriter(DatabaseWriter):
    """Writes in LMDB's 0.9 format; the map grows as it must."""

    failures = (lmdb.Error,)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        # Nothing is flushed before the end: until then the folder is a draft that nobody reads.
        self._environment = lmdb.open(str(folder), map_size=FIRST_MAP_SIZE, sync=False, **_ENGINE)
        self._longest = self._environment.max_key_size()
        self._records: list[tuple[bytes, bytes]] = []

    def put(self, key: bytes, value: bytes) -> None:
        """Add a record to those that ``commit`` will write.

        Raises: DataError for a key of more than 511 bytes.
        """
        if len(key) > self._longest:
            found = f'the key "{key.decode(errors="replace")}" would have {len(key)} bytes'
            raise DataError(f"{found}, at most {self._longest} are possible in LMDB: shorten the path")
        self._records.append((key, value))

    def commit(self) -> None:
        """Write what was put since the last time."""
        while not self._written():
            self._environment.set_mapsize(2 * self._environment.info()["map_size"])
        self._records.clear()

    def _written(self) -> bool:
        try:
            with self._environment.begin(write=True) as transaction:
                for key, value in self._records:
                    transaction.put(key, value)
        except lmdb.MapFullError:
            return False
        return True

    def close(self) -> None:
        """Bring everything to the disk and close the database."""
        self._environment.sync(True)
        self._environment.close()
