from __future__ import annotations

from pathlib import Path

import pytest

from netdef.errors import SnapshotError, WeightsError
from netdef.weights.atomic import replacing


def test_the_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "w.caffemodel"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert temporary == tmp_path / "w.caffemodel.tmp"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "w.caffemodel"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text(f"half {1 / 0}")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_the_system_refuses_is_told_with_the_path(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "w.caffemodel"
    with (
        pytest.raises(WeightsError, match=r"nowhere/w\.caffemodel cannot be written: No such file"),
        replacing(path) as temporary,
    ):
        temporary.write_text("new")


def test_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path, small_disk: None) -> None:
    path = tmp_path / "s.solverstate"
    with (
        pytest.raises(SnapshotError, match="cannot be written: File too large"),
        replacing(path, SnapshotError) as temporary,
    ):
        temporary.write_bytes(bytes(2_000_000))
    assert list(tmp_path.iterdir()) == []
