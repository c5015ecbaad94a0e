"""Writing an LMDB database so that it is there whole, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lmdb

from netdef.errors import DataError

FIRST_MAP_SIZE = 1 << 20
# From py-lmdb 3 on there are two engines; 0 is LMDB 0.9, whose files every reader knows.
_ENGINE: dict[str, Any] = {"lib_version": 0} if hasattr(lmdb.Environment, "lib_version") else {}


class LmdbWriter:
    """Collects records and writes them with ``commit``, in LMDB's 0.9 format; the map grows as it must."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Nothing is flushed before the end: until then the folder is a draft that nobody reads.
        self._environment = lmdb.open(str(folder), map_size=FIRST_MAP_SIZE, sync=False, **_ENGINE)
        self._records: list[tuple[bytes, bytes]] = []

    def put(self, key: bytes, value: bytes) -> None:
        """Add a record to those that ``commit`` will write."""
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

    def write_beside(self, name: str, text: str) -> None:
        """Write a text file into the database's folder, where LMDB does not mind it."""
        (self._folder / name).write_text(text, encoding="utf-8")

    def close(self) -> None:
        """Bring everything to the disk and close the database."""
        self._environment.sync(True)
        self._environment.close()


@contextmanager
def new_database(path: str | Path) -> Iterator[LmdbWriter]:
    """Yield the writer of a database that stands at ``path`` once the block has ended without an error.

    Until then it is written to ``path`` + ".incomplete", which a killed run leaves behind and the next one removes.
    Raises: DataError if something is there already, or the disk is full or refuses.
    """
    place = Path(path)
    if place.exists():
        raise DataError(f"{place}: is there already, and is not overwritten: remove it or choose another name")
    draft = place.with_name(place.name + ".incomplete")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        writer = LmdbWriter(draft)
        try:
            yield writer
            writer.commit()
        finally:
            writer.close()
        draft.rename(place)
    except (lmdb.Error, OSError) as error:
        raise DataError(f"{place}: the database cannot be written ({error})") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
