from pathlib import Path

import pytest

from netdef.cli.whole_file import write_whole
from netdef.errors import UsageError


def test_the_content_takes_the_place_of_the_old_with_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text("old")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "file").write_text("old")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"


def test_a_place_that_cannot_be_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere/net cannot be written: No such file or directory"):
        write_whole(tmp_path / "nowhere" / "net", b"new")
