from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import plyvel
import pytest

from netdef.data.datum import write_datum
from netdef.data.leveldb_source import LeveldbSource
from netdef.errors import DataError

RAW = "lmdb_raw"  # db_contents.npz describes the LMDB database made of the same images with the same options


def write_labels(path: Path, labels: Sequence[int]) -> Path:
    database = plyvel.DB(str(path), create_if_missing=True)
    for label in labels:
        database.put(b"%08d_im" % label, write_datum(label=label))
    database.close()
    return path


def test_reads_what_caffe_wrote(golden: Path) -> None:
    expected = np.load(golden / "data" / "db_contents.npz")
    source = LeveldbSource(golden / "data" / "leveldb_raw")
    records = [source.read(ordinal) for ordinal in range(len(source))]
    datums = [record.datum() for record in records]
    assert [record.name for record in records] == expected[f"{RAW}/keys"].tolist()
    assert [datum.label for datum in datums] == expected[f"{RAW}/labels"].tolist()
    assert b"".join(datum.data for datum in datums) == expected[f"{RAW}/pixels"].tobytes()
    source.close()


@pytest.mark.parametrize("counted", [True, False])
def test_goes_forward_back_and_around(tmp_path: Path, counted: bool) -> None:
    source = LeveldbSource(write_labels(tmp_path / "db", range(5)))
    assert not counted or len(source) == 5
    assert [source.read(ordinal).datum().label for ordinal in (3, 4, 5, 0, 2, 1, 14, 14)] == [3, 4, 0, 0, 2, 1, 4, 4]
    assert len(source) == 5
    source.close()


def test_begins_far_beyond_the_end(tmp_path: Path) -> None:
    source = LeveldbSource(write_labels(tmp_path / "db", range(3)))
    assert [source.read(ordinal).place for ordinal in (3_000_002, 3_000_003)] == [
        'record 2 "00000002_im"',
        'record 0 "00000000_im"',
    ]
    source.close()


def test_an_empty_database(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="db: the database is empty"):
        LeveldbSource(write_labels(tmp_path / "db", []))


def test_damage_is_an_error_where_it_is_and_stays(golden: Path, tmp_path: Path) -> None:
    copy = tmp_path / "db"
    copy.mkdir()
    for file in (golden / "data" / "leveldb_raw").iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    table = bytearray((copy / "000005.ldb").read_bytes())
    table[70_000] ^= 0x55
    (copy / "000005.ldb").write_bytes(table)
    source = LeveldbSource(copy)
    assert source.read(11).datum().label == source.read(11).datum().label
    for _ in range(2):
        with pytest.raises(DataError, match=r"db: record 12 cannot be read .*checksum"):
            source.read(12)
    with pytest.raises(DataError, match=r"its records cannot be counted .*checksum"):
        len(source)
    source.close()
