from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.lines import first_line, read_lines
from netdef.errors import DataError


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("\n  a b \r\n\nc", encoding="utf-8")
    assert read_lines(tmp_path / "list", "a list") == [(2, "a b"), (4, "c")]


@pytest.mark.parametrize(("content", "words"), [(b" \n", "is empty, must be a list"), (b"\xff", "is no text file")])
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "list").write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_lines(tmp_path / "list", "a list")
    with pytest.raises(DataError, match=words):
        first_line(tmp_path / "list", "a list")


def test_the_first_line_is_read_whatever_follows(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"\n a b\n" + b"c\n" * 100_000 + b"\xff\n")
    assert first_line(tmp_path / "list", "a list") == (2, "a b")


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    for read in (read_lines, first_line):
        with pytest.raises(DataError, match="none: no such file"):
            read(tmp_path / "none", "a list")
