from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.window_file import WindowFile, read_window_file
from netdef.errors import DataError

TEXT = """# 0
images/a b.jpg
3
40
50
4
7 0.8 1 2 30 20
7 0.5 0 0 9 8
3 0.3 5 6 7 8
2 0.1 4 4 9 9
# 1
images/c.jpg
3
30
20
0

# 2
images/d.jpg
3
30
20
2
1 1 2 3 5 6
0 0 1 1 3 4
"""


def read(tmp_path: Path, text: str, fg_threshold: float = 0.5, bg_threshold: float = 0.3) -> WindowFile:
    (tmp_path / "windows.txt").write_text(text)
    return read_window_file(tmp_path / "windows.txt", fg_threshold, bg_threshold)


def test_windows_are_sorted_by_their_overlap(tmp_path: Path) -> None:
    file = read(tmp_path, TEXT)
    assert file.images == ["images/a b.jpg", "images/c.jpg", "images/d.jpg"]
    assert file.foreground.images.tolist() == [0, 0, 2]
    assert file.foreground.labels.tolist() == [7, 7, 1]
    assert file.foreground.corners.tolist() == [[1, 2, 30, 20], [0, 0, 9, 8], [2, 3, 5, 6]]
    assert file.background.images.tolist() == [0, 2]
    assert file.background.labels.tolist() == [0, 0]
    assert file.background.corners.tolist() == [[4, 4, 9, 9], [1, 1, 3, 4]]


def test_what_is_foreground_is_not_background_too(tmp_path: Path) -> None:
    file = read(tmp_path, TEXT, fg_threshold=0.3, bg_threshold=1)
    assert (len(file.foreground), len(file.background)) == (4, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty, must list images"),
        ("0\na.jpg\n", r'windows.txt:1: "0", must be # and the number of an image'),
        ("# 0\na.jpg\n3\n40\n\nwide\n", 'windows.txt:6: "wide", must be width, a whole number'),
        ("# 0\na.jpg\n3\n40\n", 'windows.txt:4: "", must be width, a whole number'),
        ("# 0\na.jpg\n1\n40\n50\n0\n", r"windows.txt:5: 1 channels, must be 3"),
        (TEXT.replace("1 1 2 3 5 6\n", ""), "windows.txt:23: something else, must be 2 lines of class, overlap"),
        (TEXT.replace("30 20", "30 x"), "windows.txt:6: something else, must be 4 lines"),
        (TEXT.replace("7 0.5", "0 0.5"), "image images/a b.jpg has a window with an object .* class 0 or less"),
    ],
)
def test_what_is_no_window_file_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(tmp_path, text)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none: the windows cannot be read .*No such file"):
        read_window_file(tmp_path / "none", 0.5, 0.5)
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(DataError, match=r"bytes: the windows cannot be read .*utf-8"):
        read_window_file(tmp_path / "bytes", 0.5, 0.5)
