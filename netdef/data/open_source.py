"""Which source a layer's message asks for."""

from __future__ import annotations

from pathlib import Path

from netdef.data.lmdb_environment import is_lmdb
from netdef.data.lmdb_source import LmdbSource
from netdef.data.paths import resolve
from netdef.data.source import Source
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema


def open_database(options: schema.DataParameter, folder: str | Path | None = None) -> Source:
    """Open the database that a Data layer's ``data_param`` names.

    Raises: DataError if it is not there, not to be read, or of another kind than ``backend`` says.
    """
    path = resolve(options.source, folder)
    if options.backend == schema.DataParameter.LMDB:
        return LmdbSource(path)
    if is_lmdb(path):
        said = "says" if options.HasField("backend") else "is not set, which means"
        raise DataError(f"{path}: backend {said} LEVELDB, but this is an LMDB database: write backend: LMDB")
    raise DataError(f"{path}: LevelDB databases cannot be read yet: make an LMDB database with netdef convert-imageset")
