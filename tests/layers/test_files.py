from __future__ import annotations

from pathlib import Path

from netdef.layers.files import find_file, finding_files


def test_files_are_looked_for_as_the_caller_says_and_then_in_the_working_directory_again() -> None:
    with finding_files(lambda path: Path("nets", path)):
        assert find_file("H") == Path("nets/H")
    assert find_file("H") == Path("H")
