"""Writing records to a LevelDB database."""

from __future__ import annotations

from pathlib import Path

import plyvel

from netdef.data.database_writer import DatabaseWriter

BLOCK_BYTES = 1 << 16  # as Caffe's
BUFFER_BYTES = 1 << 26


class LeveldbWriter(DatabaseWriter):
    """Writes tables of compressed blocks, as Caffe does."""

    failures = (plyvel.Error,)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._database = self._open(create_if_missing=True)
        self._batch = self._database.write_batch()

    def _open(self, *, create_if_missing: bool) -> plyvel.DB:
        sizes = {"block_size": BLOCK_BYTES, "write_buffer_size": BUFFER_BYTES}
        return plyvel.DB(str(self.folder), create_if_missing=create_if_missing, **sizes)

    def put(self, key: bytes, value: bytes) -> None:
        """Add a record to those that ``commit`` will write."""
        self._batch.put(key, value)

    def commit(self) -> None:
        """Write what was put since the last time."""
        self._batch.write()
        self._batch.clear()

    def close(self) -> None:
        """Close the database and open it once more, to make its log a table: else each reader would do that."""
        self._database.close()
        self._open(create_if_missing=False).close()
