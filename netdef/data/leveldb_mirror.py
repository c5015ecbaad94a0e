"""LevelDB databases opened for reading without a trace.

Opening one writes into its folder and locks it against everyone else, even for reading. So a temporary folder of links
to the database's files is opened instead: LevelDB never changes a table or a log that is there, and what it writes anew
and removes is in the temporary folder. The database may lie where nothing can be written, and any number of programs
read it.
"""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from netdef.data.leveldb_library import plyvel_for, reason
from netdef.errors import DataError

_WRITTEN_ANEW = ("LOCK", "LOG", "LOG.old")


class LeveldbMirror:
    """An open LevelDB database, ``database``, seen through links, which ``close`` removes.

    Raises: DataError if plyvel is missing, or the database is damaged.
    """

    def __init__(self, path: Path) -> None:
        plyvel = plyvel_for(path)
        self._path = path
        self._folder = Path(mkdtemp(prefix="netdef-leveldb-"))
        # Runs once: when the database is closed, or when the program ends.
        self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._failures = (plyvel.Error, OSError)
        with self.failing_as("cannot be opened as a LevelDB database"):
            self._link_files()
            self.database = plyvel.DB(str(self._folder))

    def _link_files(self) -> None:
        for file in self._path.resolve().iterdir():
            if file.is_file() and file.name not in _WRITTEN_ANEW:
                (self._folder / file.name).symlink_to(file)

    @contextmanager
    def failing_as(self, what: str) -> Iterator[None]:
        """Turn LevelDB's errors in the block into DataErrors that begin with the path and ``what``."""
        try:
            yield
        except self._failures as error:
            said = reason(error).replace(str(self._folder), str(self._path))
            raise DataError(f"{self._path}: {what} ({said})") from error

    def close(self) -> None:
        """Close the database."""
        self.database.close()
        self._remove()
