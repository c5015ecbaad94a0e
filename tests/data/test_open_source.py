from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.open_source import open_database
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import write_pictures


def test_opens_lmdb_beside_the_prototxt(tmp_path: Path) -> None:
    write_pictures(tmp_path / "db", 3)
    source = open_database(schema.DataParameter(source="db", backend=schema.DataParameter.LMDB), tmp_path)
    assert len(source) == 3
    source.close()


def test_a_forgotten_backend(tmp_path: Path) -> None:
    path = str(write_pictures(tmp_path / "db", 3))
    with pytest.raises(DataError, match="backend is not set, which means LEVELDB, but this is an LMDB database"):
        open_database(schema.DataParameter(source=path))
    with pytest.raises(DataError, match=r"backend says LEVELDB, but .*write backend: LMDB"):
        open_database(schema.DataParameter(source=path, backend=schema.DataParameter.LEVELDB))


def test_leveldb_is_not_read_yet(golden: Path) -> None:
    with pytest.raises(DataError, match="LevelDB databases cannot be read yet"):
        open_database(schema.DataParameter(source=str(golden / "data" / "leveldb_raw")))
