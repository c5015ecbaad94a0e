import sys
from pathlib import Path

import cv2
import pytest
from matplotlib.figure import Figure

from netdef.draw.picture import write_figure
from netdef.errors import UsageError


def test_the_endings_format_and_size(tmp_path: Path) -> None:
    write_figure(lambda: Figure(figsize=(2, 3)), tmp_path / "out.png")
    picture = cv2.imread(str(tmp_path / "out.png"))
    assert picture is not None
    assert picture.shape == (450, 300, 3)


def test_an_ending_that_names_no_format(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"out.docx cannot be written: Format 'docx' is not supported"):
        write_figure(Figure, tmp_path / "out.docx")


def test_without_matplotlib_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"takes matplotlib: pip install netdef\[plot\]"):
        write_figure(Figure, tmp_path / "out.png")
