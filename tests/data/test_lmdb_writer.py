from __future__ import annotations

import os
import struct
from pathlib import Path

import lmdb
import pytest

from netdef.data.lmdb_source import LmdbSource
from netdef.data.lmdb_writer import FIRST_MAP_SIZE, LmdbWriter
from netdef.errors import DataError


def test_records_come_back_in_the_order_of_their_keys(tmp_path: Path) -> None:
    writer = LmdbWriter(tmp_path)
    writer.put(b"b", b"\x28\x01")
    writer.commit()
    writer.put(b"a", b"\x28\x02")
    writer.write_beside("labels.txt", "cat\n")
    writer.commit()
    writer.close()
    source = LmdbSource(tmp_path)
    assert [(source.read(i).name, source.read(i).datum().label) for i in range(2)] == [("a", 2), ("b", 1)]
    source.close()
    assert (tmp_path / "labels.txt").read_text() == "cat\n"


def test_the_map_grows(tmp_path: Path) -> None:
    values = [os.urandom(FIRST_MAP_SIZE // 3) for _ in range(10)]
    writer = LmdbWriter(tmp_path)
    for number, value in enumerate(values):
        writer.put(b"%d" % number, value)
        if number in (0, 1, 9):
            writer.commit()
    writer.close()
    with lmdb.open(str(tmp_path), readonly=True) as environment, environment.begin() as transaction:
        assert [value for _, value in transaction.cursor()] == values


def test_the_file_is_of_the_old_format(tmp_path: Path) -> None:
    LmdbWriter(tmp_path).close()
    magic, version = struct.unpack_from("<II", (tmp_path / "data.mdb").read_bytes(), 16)
    assert (magic, version) == (0xBEEFC0DE, 1)


def test_a_key_that_is_too_long(tmp_path: Path) -> None:
    writer = LmdbWriter(tmp_path)
    writer.put(b"x" * 511, b"")
    with pytest.raises(DataError, match=r'the key "xxx.*" would have 512 bytes, at most 511 are possible in LMDB'):
        writer.put(b"x" * 512, b"")
    writer.close()
