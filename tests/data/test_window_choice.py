from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from netdef.data.window_choice import ChosenWindow, WindowChoice
from netdef.data.window_file import WindowFile, Windows
from netdef.data.window_placement import Box
from netdef.errors import DataError


def windows(count: int, label: int) -> Windows:
    numbers = np.arange(count, dtype=np.int32)
    return Windows(numbers % 2, np.full(count, label, np.int32), np.repeat(numbers[:, None], 4, axis=1))


FILE = WindowFile(["a.jpg", "b.jpg"], windows(3, 9), windows(5, 0))


def choose(count: int, fraction: float, *, start: int = 0, mirror: bool = False, key: int = 1) -> list[ChosenWindow]:
    choice = WindowChoice(FILE, fraction, count, mirror=mirror, key=key)
    return choice.choose(np.arange(start, start + count))


def test_windows_without_an_object_come_first() -> None:
    assert [window.label for window in choose(8, 0.25)] == [0] * 6 + [9] * 2


@pytest.mark.parametrize(("count", "fraction", "objects"), [(8, 0.0, 0), (8, 1.0, 8), (7, 0.25, 1), (10, 0.7, 7)])
def test_the_share_is_rounded_down_in_float32(count: int, fraction: float, objects: int) -> None:
    chosen = choose(count, float(np.float32(fraction)))
    assert sum(window.label == 9 for window in chosen) == objects


def test_every_window_is_drawn_about_as_often_as_any_other() -> None:
    counts = Counter((window.label, window.box) for window in choose(4000, 0.5))
    assert {window: count // 100 for window, count in counts.items() if not 300 < count < 800} == {}
    assert set(counts) == {(9, Box(*[n] * 4)) for n in range(3)} | {(0, Box(*[n] * 4)) for n in range(5)}
    assert {window.image for window in choose(40, 0.5) if window.box.x1 == 1} == {"b.jpg"}


def test_the_draw_depends_on_key_and_ordinal_alone() -> None:
    assert choose(40, 0.5) == choose(40, 0.5)
    assert choose(40, 0.0)[10:] == choose(40, 0.0, start=10)[:30]
    assert choose(40, 0.5) != choose(40, 0.5, key=2) != choose(40, 0.5, start=40)


def test_half_are_mirrored_if_asked() -> None:
    assert not any(window.mirrored for window in choose(200, 0.5))
    assert 70 < sum(window.mirrored for window in choose(200, 0.5, mirror=True)) < 130


def test_kinds_that_are_not_there() -> None:
    none = windows(0, 0)
    with pytest.raises(DataError, match=r"no window shows an object: .*fg_threshold"):
        WindowChoice(FILE._replace(foreground=none), 0.5, 8, mirror=False, key=1)
    with pytest.raises(DataError, match=r"every window shows an object: .*bg_threshold"):
        WindowChoice(FILE._replace(background=none), 0.5, 8, mirror=False, key=1)
    WindowChoice(FILE._replace(foreground=none), 0.1, 8, mirror=False, key=1)
    WindowChoice(FILE._replace(background=none), 1.0, 8, mirror=False, key=1)
