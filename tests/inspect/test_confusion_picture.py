from __future__ import annotations

import sys
from pathlib import Path

import cv2
import pytest

from netdef.errors import UsageError
from netdef.inspect.confusion_picture import draw_confusion
from tests.inspect.test_confusion import tally


def test_the_diagonal_is_dark_where_the_net_is_right(tmp_path: Path) -> None:
    draw_confusion(tally(24, *[(number, number) for number in range(24)]), tmp_path / "right.png", title="right")
    draw_confusion(tally(24, *[(number, 0) for number in range(24)]), tmp_path / "wrong.png", title="wrong")
    right, wrong = (cv2.imread(str(tmp_path / name), cv2.IMREAD_GRAYSCALE) for name in ("right.png", "wrong.png"))
    assert right is not None
    assert wrong is not None
    height, width = right.shape
    middle = slice(height // 4, 3 * height // 4), slice(width // 4, 3 * width // 4)
    assert (right[middle] < 100).mean() > 0.02
    assert (wrong[middle] < 100).mean() == 0


def test_few_classes_have_their_numbers(tmp_path: Path) -> None:
    draw_confusion(tally(3, (0, 0), (1, 2)), tmp_path / "few.svg", title="few classes")
    assert (tmp_path / "few.svg").stat().st_size > 1000


@pytest.mark.parametrize(("name", "words"), [("none/a.png", "cannot be written"), ("a.xyz", "a.xyz cannot be written")])
def test_a_file_that_cannot_be_written(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        draw_confusion(tally(3, (0, 0)), tmp_path / name, title="")


def test_without_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(UsageError, match=r"pip install netdef\[plot\]"):
        draw_confusion(tally(3, (0, 0)), tmp_path / "a.png", title="")
