from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import lmdb
import pytest

from netdef.data.lmdb_source import LmdbSource
from netdef.data.lmdb_writer import FIRST_MAP_SIZE, new_database
from netdef.errors import DataError


def test_records_come_back_in_the_order_of_their_keys(tmp_path: Path) -> None:
    with new_database(tmp_path / "deep" / "db") as writer:
        writer.put(b"b", b"\x28\x01")
        writer.commit()
        writer.put(b"a", b"\x28\x02")
        writer.write_beside("labels.txt", "cat\n")
    source = LmdbSource(tmp_path / "deep" / "db")
    assert [(source.read(i).name, source.read(i).datum().label) for i in range(2)] == [("a", 2), ("b", 1)]
    source.close()
    assert (tmp_path / "deep" / "db" / "labels.txt").read_text() == "cat\n"


def test_the_map_grows(tmp_path: Path) -> None:
    values = [os.urandom(FIRST_MAP_SIZE // 3) for _ in range(10)]
    with new_database(tmp_path / "db") as writer:
        for number, value in enumerate(values):
            writer.put(b"%d" % number, value)
            if number in (0, 1):
                writer.commit()
    with lmdb.open(str(tmp_path / "db"), readonly=True) as environment, environment.begin() as transaction:
        assert [value for _, value in transaction.cursor()] == values


def test_the_file_is_of_the_old_format(tmp_path: Path) -> None:
    with new_database(tmp_path / "db") as writer:
        writer.put(b"a", b"b")
    magic, version = struct.unpack_from("<II", (tmp_path / "db" / "data.mdb").read_bytes(), 16)
    assert (magic, version) == (0xBEEFC0DE, 1)


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    with pytest.raises(DataError, match="is there already, and is not overwritten"), new_database(tmp_path / "db"):
        pytest.fail("began to write")


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        _write_and_fail(tmp_path / "db")
    assert not list(tmp_path.iterdir())


def _write_and_fail(path: Path) -> None:
    with new_database(path) as writer:
        writer.put(b"a", b"b")
        writer.commit()
        raise KeyError


def test_a_killed_run_leaves_no_database_and_the_next_one_succeeds(tmp_path: Path) -> None:
    code = f"""
import os, signal
from netdef.data.lmdb_writer import new_database
with new_database({str(tmp_path / "db")!r}) as writer:
    writer.put(b"old", b"record")
    writer.commit()
    os.kill(os.getpid(), signal.SIGKILL)"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert not (tmp_path / "db").exists()
    with new_database(tmp_path / "db") as writer:
        writer.put(b"new", b"\x28\x01")
    assert [path.name for path in tmp_path.iterdir()] == ["db"]
    source = LmdbSource(tmp_path / "db")
    assert (len(source), source.read(0).name) == (1, "new")
    source.close()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="the database cannot be written"), new_database(tmp_path / "file" / "db"):
        pytest.fail("began to write")
