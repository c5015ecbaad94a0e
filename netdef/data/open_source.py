"""Which source a layer's message asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netdef.data.database_kind import check_database
from netdef.data.leveldb_source import LeveldbSource
from netdef.data.lmdb_source import LmdbSource
from netdef.data.paths import resolve
from netdef.data.source import Source
from netdef.schema import netdef_pb2 as schema

_KINDS: dict[str, Callable[[Path], Source]] = {"LMDB": LmdbSource, "LEVELDB": LeveldbSource}


def open_database(options: schema.DataParameter, folder: str | Path | None = None) -> Source:
    """Open the database that a Data layer's ``data_param`` names.

    Raises: DataError if it is not there, not to be read, or of another kind than ``backend`` says.
    """
    path = resolve(options.source, folder)
    backend = schema.DataParameter.DB.Name(options.backend)
    check_database(path, backend, "is" if options.HasField("backend") else "is not set, which means")
    return _KINDS[backend](path)
