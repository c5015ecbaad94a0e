from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.hdf5_list import read_file_list
from netdef.errors import DataError


def test_one_file_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    for name in ("a.h5", "models/b c.h5"):
        (tmp_path / name).write_text("")
    (tmp_path / "list.txt").write_text("a.h5\n\n  b c.h5 \nnone.h5")
    monkeypatch.chdir(tmp_path)
    found = read_file_list(Path("list.txt"), tmp_path / "models")
    assert found == [Path("a.h5"), tmp_path / "models" / "b c.h5", Path("none.h5")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\n \n", "is empty, must be a text file that lists HDF5 files"),
        (b"\x89HDF\r\n\x1a\n\xff", r"is no text file .UTF-8., must be a text file that lists HDF5"),
    ],
)
def test_a_list_that_is_none(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_file_list(tmp_path / "list.txt")


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"list.txt: no such file"):
        read_file_list(tmp_path / "list.txt")
