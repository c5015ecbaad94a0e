from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import lmdb
import pytest

from netdef.data.lmdb_environment import borrow
from netdef.errors import DataError
from tests.data.databases import write_database, write_pictures


def test_readers_share_one_environment_until_the_last_gives_it_back(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 3)
    (tmp_path / "link").symlink_to(path)
    first, second = borrow(path), borrow(tmp_path / "link")
    assert first.environment is second.environment
    first.give_back()
    assert second.environment.stat()["entries"] == 3
    second.give_back()
    lmdb.open(str(path)).close()  # would be refused if it were still open


def test_a_database_made_anew_under_the_same_name_is_another(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 3)
    old = borrow(path)
    shutil.rmtree(path)
    new = borrow(write_pictures(path, 5))
    assert new.environment.stat()["entries"] == 5
    old.give_back()
    new.give_back()


def test_without_the_right_to_lock_it_is_read_without_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_pictures(tmp_path / "db", 3)
    (path / "lock.mdb").unlink()
    really_open = lmdb.open

    def refuse_locks(*arguments: Any, **options: Any) -> lmdb.Environment:
        if options.get("lock", True):
            raise lmdb.ReadonlyError("no lock file")
        return really_open(*arguments, **options)

    monkeypatch.setattr(lmdb, "open", refuse_locks)
    loan = borrow(path)
    assert loan.environment.stat()["entries"] == 3
    assert not (path / "lock.mdb").exists()
    loan.give_back()


def test_an_empty_database(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the database is empty"):
        borrow(write_database(tmp_path / "db", []))


@pytest.mark.parametrize("length", [0, 5000, 8192, 100000, 339967])
def test_a_file_that_is_cut_off(golden: Path, tmp_path: Path, length: int) -> None:
    whole = (golden / "data" / "lmdb_raw" / "data.mdb").read_bytes()
    (tmp_path / "data.mdb").write_bytes(whole[:length])
    with pytest.raises(DataError, match=f"data.mdb is cut off: {length} bytes"):
        borrow(tmp_path)


def test_a_file_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "data.mdb").write_bytes(b"something else" * 1000)
    with pytest.raises(DataError, match=r"cannot be opened as an LMDB database .*not an LMDB file"):
        borrow(tmp_path)


def test_a_database_that_other_code_has_open(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 3)
    with (
        lmdb.open(str(path)),
        pytest.raises(DataError, match=r"db: is open already, by other code in this process.*\n.*close it there first"),
    ):
        borrow(path)
    borrow(path).give_back()
