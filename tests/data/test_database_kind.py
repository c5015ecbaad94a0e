from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.database_kind import check_database, holds
from netdef.errors import DataError


def test_what_a_folder_holds(golden: Path) -> None:
    folder = golden / "data"
    kinds = [[holds(folder / name, kind) for kind in ("LMDB", "LEVELDB")] for name in ("lmdb_raw", "leveldb_raw", ".")]
    assert kinds == [[True, False], [False, True], [False, False]]
    check_database(folder / "lmdb_raw", "LMDB")
    check_database(folder / "leveldb_raw", "LEVELDB")


def test_a_database_of_the_other_kind(golden: Path) -> None:
    with pytest.raises(DataError, match="backend is LMDB, but this is a LevelDB database: write backend: LEVELDB"):
        check_database(golden / "data" / "leveldb_raw", "LMDB")
    with pytest.raises(DataError, match="backend says LEVELDB, but this is an LMDB database: write backend: LMDB"):
        check_database(golden / "data" / "lmdb_raw", "LEVELDB", "says")


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none: no such database \(working directory .*convert-imageset"):
        check_database(tmp_path / "none", "LMDB")


@pytest.mark.parametrize(("backend", "mark"), [("LMDB", "data.mdb"), ("LEVELDB", "CURRENT")])
def test_what_is_no_database(tmp_path: Path, backend: str, mark: str) -> None:
    with pytest.raises(DataError, match=f"holds no {mark}, so it is not an? (LMDB|LevelDB) database"):
        check_database(tmp_path, backend)
    (tmp_path / "list.txt").write_text("a.jpg 0\n")
    with pytest.raises(DataError, match=f"list.txt: is a file; .* is a folder that holds {mark}"):
        check_database(tmp_path / "list.txt", backend)
