from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.paths import resolve


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def test_the_working_directory_comes_first(folders: Path) -> None:
    for folder in ("work", "models"):
        (folders / folder / "db").mkdir()
    assert resolve("db", folders / "models") == Path("db")


def test_then_the_folder_of_the_prototxt(folders: Path) -> None:
    (folders / "models" / "db").mkdir()
    assert resolve("db", folders / "models") == folders / "models" / "db"


def test_what_is_nowhere_comes_back_as_written(folders: Path) -> None:
    assert resolve("db", folders / "models") == Path("db")
    assert resolve("db") == Path("db")


def test_an_absolute_path_stays(folders: Path) -> None:
    assert resolve("/no/such/db", folders / "models") == Path("/no/such/db")
