from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netdef.data.leveldb_mirror import LeveldbMirror
from netdef.errors import DataError


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary folders."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path / "temporary"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_reading_leaves_no_trace(golden: Path, place: Path) -> None:
    path = golden / "data" / "leveldb_raw"
    before = contents(path)
    first, second = LeveldbMirror(path), LeveldbMirror(path)
    keys = [list(mirror.database.iterator(include_value=False)) for mirror in (first, second)]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 40
    first.close()
    second.close()
    assert contents(path) == before
    assert not list(place.iterdir())


def test_records_in_a_log_are_read(golden: Path, tmp_path: Path) -> None:
    import plyvel

    writer = plyvel.DB(str(tmp_path / "db"), create_if_missing=True)
    writer.put(b"key", b"value")
    mirror = LeveldbMirror(tmp_path / "db")  # though the writer has it locked
    assert mirror.database.get(b"key") == b"value"
    mirror.close()
    writer.close()


def test_a_program_that_ends_early_leaves_nothing(golden: Path, place: Path) -> None:
    path = golden / "data" / "leveldb_raw"
    code = f"""
from pathlib import Path
from netdef.data.leveldb_mirror import LeveldbMirror
mirror = LeveldbMirror(Path({str(path)!r}))"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert not list(place.iterdir())


def test_a_table_that_is_missing(golden: Path, tmp_path: Path, place: Path) -> None:
    copy = Path(shutil.copytree(golden / "data" / "leveldb_raw", tmp_path / "db"))
    (copy / "000005.ldb").unlink()
    with pytest.raises(DataError, match=r"db: cannot be opened as a LevelDB database \(.*missing files.*db/000005.ldb"):
        LeveldbMirror(copy)
    del copy
    assert "netdef-leveldb" not in str(list(place.iterdir()))
