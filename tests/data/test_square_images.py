from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

from netdef.data.square_images import SquareImages, found_names, listed_names, square
from netdef.errors import DataError


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures, one of them in a folder of its own with a space in its name."""
    source = tmp_path / "in"
    (source / "a b").mkdir(parents=True)
    cv2.imwrite(str(source / "a b" / "wide 1.png"), picture(6, 17))
    cv2.imwrite(str(source / "tall.BMP"), picture(11, 7))
    return source


def ignore(done: int, total: int) -> None:
    pass


@pytest.mark.parametrize(
    ("height", "width", "scaled", "top", "left"),
    [(6, 17, (4, 11), 0, 3), (17, 6, (11, 4), 3, 0), (9, 9, (4, 4), 0, 0), (3, 4, (4, 5), 0, 0)],
)
def test_the_shorter_side_is_scaled_and_the_middle_kept(
    height: int, width: int, scaled: tuple[int, int], top: int, left: int
) -> None:
    image = picture(height, width)
    whole = cv2.resize(image, scaled[::-1])
    np.testing.assert_array_equal(square(image, 4), whole[top : top + 4, left : left + 4])


def test_images_keep_their_names_and_folders(folder: Path, tmp_path: Path) -> None:
    counts: list[tuple[int, int]] = []
    names = found_names(folder)
    assert names == ["a b/wide 1.png", "tall.BMP"]
    assert SquareImages(folder, tmp_path / "out", 5).make(names, 2, lambda *count: counts.append(count)) == []
    assert counts == [(1, 2), (2, 2)]
    for name, original in (("a b/wide 1.png", picture(6, 17)), ("tall.BMP", picture(11, 7))):
        found = cv2.imread(str(tmp_path / "out" / name))
        np.testing.assert_array_equal(found, square(original, 5))


def test_what_cannot_be_read_is_named_and_left_out(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "torn.png").write_bytes(b"\x89PNG")
    (folder / "noend").write_bytes((folder / "tall.BMP").read_bytes())
    names = ["missing.png", "tall.BMP", "torn.png", "noend"]
    with caplog.at_level(logging.WARNING):
        skipped = SquareImages(folder, tmp_path / "out", 5).make(names, None, ignore)
    assert skipped == [
        f"{folder}/missing.png: cannot be read (No such file or directory)",
        f"{folder}/torn.png: the encoded image of 4 bytes cannot be decoded: damaged, or no known format",
        f"{folder}/noend: OpenCV writes no files without an ending",
    ]
    assert [record.getMessage() for record in caplog.records] == [f"skipped: {error}" for error in skipped]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["tall.BMP"]


def test_an_image_too_long_to_be_scaled_is_left_out(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netdef.data.square_images.square", lambda image, side: cv2.resize(image, (0, 0)))
    with pytest.raises(DataError, match=r"the first: .*tall.BMP: OpenCV"):
        SquareImages(folder, tmp_path / "out", 5).make(["tall.BMP"], None, ignore)


def test_no_image_at_all_is_an_error(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none of the 2 images can be read; the first: .*x.png: cannot be read"):
        SquareImages(folder, tmp_path / "out", 5).make(["x.png", "y.png"], None, ignore)
    with pytest.raises(DataError, match=r"out: holds no image, of .bmp"):
        found_names(tmp_path / "out")


def test_a_place_that_cannot_be_written_is_an_error(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DataError, match=r"out/tall.BMP: cannot be written \(File exists\)"):
        SquareImages(folder, tmp_path / "out", 5).make(["tall.BMP"], None, ignore)


def test_names_of_a_list_with_and_without_labels(folder: Path, tmp_path: Path) -> None:
    (folder / "tall 7").write_bytes(b"")
    listing = tmp_path / "list.txt"
    listing.write_text(f"a b/wide 1.png 3\na b/wide 1.png\ntall 7\n\n{folder}/tall.BMP 12\nmissing.png\n")
    names = ["a b/wide 1.png", "a b/wide 1.png", "tall 7", "tall.BMP", "missing.png"]
    assert listed_names(listing, folder) == names


@pytest.mark.parametrize("name", ["../tall.BMP", "/elsewhere/tall.BMP"])
def test_names_outside_the_folder_are_refused(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "list.txt").write_text(f"tall.BMP\n{name} 0\n")
    with pytest.raises(DataError, match=rf'list.txt:2: "{name}" must lie in the input folder, .*in$'):
        listed_names(tmp_path / "list.txt", folder)
