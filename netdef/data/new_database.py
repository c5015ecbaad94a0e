"""Writing a database so that it is there whole, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netdef.data.database_writer import DatabaseWriter
from netdef.data.leveldb_library import plyvel_for, reason
from netdef.errors import DataError, UsageError

BACKENDS = ("lmdb", "leveldb")


@contextmanager
def new_database(path: str | Path, backend: str = "lmdb") -> Iterator[DatabaseWriter]:
    """Yield the writer of a database that stands at ``path`` once the block has ended without an error.

    Until then it is written to ``path`` + ".incomplete", which a killed run leaves behind and the next one removes.
    Raises: DataError if something is there already, or the disk is full or refuses; UsageError for another backend.
    """
    place = Path(path)
    if place.exists():
        raise DataError(f"{place}: is there already, and is not overwritten: remove it or choose another name")
    kind = _writer_kind(backend, place)
    failures: tuple[type[Exception], ...] = (OSError, *kind.failures)
    draft = place.with_name(place.name + ".incomplete")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        writer = kind(draft)
        try:
            yield writer
            writer.commit()
        finally:
            writer.close()
        draft.rename(place)
    except failures as error:
        raise DataError(f"{place}: the database cannot be written ({reason(error)})") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def check_backend(backend: str) -> None:
    """Refuse a kind of database that cannot be written.

    Raises: UsageError.
    """
    if backend not in BACKENDS:
        raise UsageError(f'backend is "{backend}": only {" and ".join(BACKENDS)} databases can be written')


def _writer_kind(backend: str, place: Path) -> type[DatabaseWriter]:
    check_backend(backend)
    if backend == "leveldb":
        plyvel_for(place)
        from netdef.data.leveldb_writer import LeveldbWriter

        return LeveldbWriter
    from netdef.data.lmdb_writer import LmdbWriter

    return LmdbWriter
