from __future__ import annotations

import sys

import plyvel
import pytest

from netdef.data.leveldb_library import plyvel_for, reason
from netdef.errors import DataError


def test_the_library_is_there() -> None:
    assert plyvel_for("db") is plyvel


def test_without_it_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plyvel", None)
    with pytest.raises(DataError, match=r"my/db: LevelDB databases take plyvel .*\n    pip install netdef\[leveldb\]"):
        plyvel_for("my/db")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (plyvel.Error(b"Corruption: bad \xff"), "Corruption: bad \ufffd"),
        (plyvel.Error("text"), "text"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
    ],
)
def test_what_it_says_becomes_text(error: Exception, words: str) -> None:
    assert reason(error) == words
