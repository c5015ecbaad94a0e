from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from netdef.errors import DataError
from netdef.inspect.predictions import Predictions
from netdef.inspect.sheet import CAPTION, GAP, HEADER, RIGHT, SIDE, WRONG, draw_sheet

Picture = NDArray[np.uint8]


def predictions(right: list[bool], confidence: list[float], channels: int = 1) -> Predictions:
    """Pictures of which each is a little brighter from left to right; the classes are right or one too high."""
    count = len(right)
    images = np.broadcast_to(np.arange(4, dtype=np.float32), (count, channels, 3, 4)).copy()
    labels = np.arange(count)
    return Predictions(images, labels, labels + ~np.array(right), np.array(confidence, np.float32))


def drawn(found: Predictions, path: Path, **options: object) -> Picture:
    draw_sheet(found, path, title="tiny", **options)  # type: ignore[arg-type]
    picture = cv2.imread(str(path))
    assert picture is not None
    return np.asarray(picture, np.uint8)


def frame(sheet: Picture, place: int, columns: int) -> tuple[int, ...]:
    """The colour above a picture's left corner."""
    row, column = divmod(place, columns)
    x, y = GAP + column * (SIDE + GAP), HEADER + row * (SIDE + CAPTION + GAP)
    return tuple(int(value) for value in sheet[y - 1, x])


def test_mistakes_come_first_and_the_surest_of_them_at_the_left(tmp_path: Path) -> None:
    found = predictions([True, False, True, False, True], [0.9, 0.2, 0.8, 0.7, 0.6])
    sheet = drawn(found, tmp_path / "sheet.png", columns=3, rows=2)
    assert sheet.shape == (HEADER + 2 * (SIDE + CAPTION + GAP), GAP + 3 * (SIDE + GAP), 3)
    assert [frame(sheet, place, 3) for place in range(5)] == [WRONG, WRONG, RIGHT, RIGHT, RIGHT]


def test_mistakes_take_no_more_than_half_of_the_room(tmp_path: Path) -> None:
    found = predictions([False] * 6 + [True] * 6, [0.5] * 12)
    sheet = drawn(found, tmp_path / "sheet.png", columns=2, rows=2)
    assert [frame(sheet, place, 2) for place in range(4)] == [WRONG, WRONG, RIGHT, RIGHT]


def test_the_sheet_is_no_larger_than_its_pictures(tmp_path: Path) -> None:
    sheet = drawn(predictions([True], [1]), tmp_path / "sheet.png", columns=2, rows=7)
    assert sheet.shape[0] == HEADER + SIDE + CAPTION + GAP


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_are_drawn_from_darkest_to_brightest(tmp_path: Path, channels: int) -> None:
    sheet = drawn(predictions([True], [1], channels), tmp_path / "sheet.png", columns=1, rows=1)
    row = sheet[HEADER + SIDE // 2, GAP : GAP + SIDE]
    assert [int(value) for value in row[[2, -3]].max(1)] == [0, 255]


def test_an_even_picture_is_dark(tmp_path: Path) -> None:
    found = predictions([True], [1])
    sheet = drawn(
        Predictions(found.images * 0 + 7, found.labels, found.classes, found.confidence), tmp_path / "s.png", columns=1
    )
    assert sheet[HEADER + SIDE // 2, GAP + SIDE // 2].tolist() == [0, 0, 0]


def test_the_names_of_classes_are_written(tmp_path: Path) -> None:
    found = predictions([True, False], [0.9, 0.8])
    plain, named = (drawn(found, tmp_path / "s.png", columns=2, names=names) for names in ((), ("zero",)))
    assert (plain != named).any()


def test_the_same_seed_chooses_the_same_pictures(tmp_path: Path) -> None:
    found = predictions([True] * 30, list(np.linspace(0, 1, 30)))
    one, same, other = (drawn(found, tmp_path / "s.png", columns=2, rows=1, seed=seed) for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


@pytest.mark.parametrize(
    ("name", "words"),
    [("sheet.doc", "the name must end in .png or .jpg"), ("none/sheet.png", "is .*none a folder to write into")],
)
def test_a_sheet_that_cannot_be_written_is_an_error(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        draw_sheet(predictions([True], [1]), tmp_path / name, title="tiny")
