from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netdef.data.new_database import BACKENDS, check_backend, new_database
from netdef.data.open_source import open_database
from netdef.errors import DataError, UsageError
from netdef.schema import netdef_pb2 as schema

pytestmark = pytest.mark.parametrize("backend", BACKENDS)


def names(path: Path, backend: str) -> list[str]:
    source = open_database(schema.DataParameter(source=str(path), backend=backend.upper()))
    found = [source.read(ordinal).place for ordinal in range(len(source))]
    source.close()
    return found


def test_it_stands_in_its_place_when_it_is_whole(tmp_path: Path, backend: str) -> None:
    path = tmp_path / "deep" / "db"
    with new_database(path, backend) as writer:
        writer.put(b"a", b"\x28\x01")
        assert not path.exists()
    assert names(path, backend) == ['record 0 "a"']
    assert os.listdir(path.parent) == ["db"]


def test_what_is_there_is_not_overwritten(tmp_path: Path, backend: str) -> None:
    (tmp_path / "db").mkdir()
    with (
        pytest.raises(DataError, match="is there already, and is not overwritten"),
        new_database(tmp_path / "db", backend),
    ):
        pytest.fail("began to write")


def test_an_error_leaves_nothing(tmp_path: Path, backend: str) -> None:
    with pytest.raises(KeyError):
        _write_and_fail(tmp_path / "db", backend)
    assert not list(tmp_path.iterdir())


def _write_and_fail(path: Path, backend: str) -> None:
    with new_database(path, backend) as writer:
        writer.put(b"a", b"b")
        writer.commit()
        raise KeyError


def test_a_killed_run_leaves_no_database_and_the_next_one_succeeds(tmp_path: Path, backend: str) -> None:
    code = f"""
import os, signal
from netdef.data.new_database import new_database
with new_database({str(tmp_path / "db")!r}, {backend!r}) as writer:
    writer.put(b"old", b"record")
    writer.commit()
    os.kill(os.getpid(), signal.SIGKILL)"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert not (tmp_path / "db").exists()
    with new_database(tmp_path / "db", backend) as writer:
        writer.put(b"new", b"\x28\x01")
    assert [path.name for path in tmp_path.iterdir()] == ["db"]
    assert names(tmp_path / "db", backend) == ['record 0 "new"']


def test_a_place_that_cannot_be_written(tmp_path: Path, backend: str) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(DataError, match="the database cannot be written"),
        new_database(tmp_path / "file" / "db", backend),
    ):
        pytest.fail("began to write")


def test_what_the_library_refuses_is_told(tmp_path: Path, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import lmdb
    import plyvel

    failure = {"lmdb": lmdb.DiskError("no space"), "leveldb": plyvel.Error(b"IO error: no space")}[backend]
    path = f"netdef.data.{backend}_writer.{backend.capitalize()}Writer.commit"
    monkeypatch.setattr(path, lambda writer: _raise(failure))
    with (
        pytest.raises(DataError, match=r"db: the database cannot be written \(.*no space"),
        new_database(tmp_path / "db", backend),
    ):
        pass
    assert not list(tmp_path.iterdir())


def _raise(error: Exception) -> None:
    raise error


def test_other_backends_are_refused(backend: str) -> None:
    check_backend(backend)
    with pytest.raises(UsageError, match='backend is "rocksdb": only lmdb and leveldb'):
        check_backend("rocksdb")
