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


def test_opens_leveldb_which_is_the_default(golden: Path) -> None:
    source = open_database(schema.DataParameter(source="data/leveldb_raw"), golden)
    assert source.read(42).place == 'record 2 "00000002_im02_rgb.png"'
    source.close()


def test_a_forgotten_backend(tmp_path: Path) -> None:
    path = str(write_pictures(tmp_path / "db", 3))
    with pytest.raises(DataError, match="backend is not set, which means LEVELDB, but this is an LMDB database"):
        open_database(schema.DataParameter(source=path))
    with pytest.raises(DataError, match=r"backend is LEVELDB, but .*write backend: LMDB"):
        open_database(schema.DataParameter(source=path, backend=schema.DataParameter.LEVELDB))
