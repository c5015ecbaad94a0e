"""R-CNN's window files: images, and rectangles in them with a class and an overlap with an object of it.

An image is a line ``# number``, its path, the numbers of its channels, rows and columns, and the number of its windows,
each on a line of its own; then come the windows: class, overlap (0 … 1), x1, y1, x2, y2 in pixels, the last included.

Source: window_data_layer.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from netdef.errors import DataError

_COLORS = 3
_FIELDS = 6  # of a window


@dataclass(frozen=True)
class Windows:
    """Windows as rows of equally long arrays: place of the image in the list (N), class (N), corners (N×4)."""

    images: NDArray[np.int32]
    labels: NDArray[np.int32]
    corners: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.images)


class WindowFile(NamedTuple):
    """The images' names, and the windows that show an object and those that show none (their class is 0)."""

    images: list[str]
    foreground: Windows
    background: Windows


def read_window_file(path: str | Path, fg_threshold: float, bg_threshold: float) -> WindowFile:
    """Read a file; windows with an overlap of at least ``fg_threshold`` show an object, below ``bg_threshold`` none.

    Raises: DataError if the file cannot be read, or a line is not what it must be.
    """
    images: list[str] = []
    tables: list[NDArray[np.float32]] = []
    try:
        with Path(path).open(encoding="utf-8") as file:
            for image, table in _Lines(path, file).blocks():
                tables.append(np.column_stack((np.full(len(table), len(images), np.float32), table)))
                images.append(image)
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: the windows cannot be read ({error})") from error
    if not images:
        raise DataError(f"{path}: is empty, must list images and their windows")
    return _sorted(path, images, np.concatenate(tables), fg_threshold, bg_threshold)


def _sorted(
    path: str | Path, images: list[str], table: NDArray[np.float32], fg_threshold: float, bg_threshold: float
) -> WindowFile:
    overlaps = table[:, 2]
    foreground = overlaps >= fg_threshold
    shown, empty = _windows(table[foreground]), _windows(table[~foreground & (overlaps < bg_threshold)])
    if (shown.labels <= 0).any():
        image = images[shown.images[np.argmax(shown.labels <= 0)]]
        raise DataError(f"{path}: image {image} has a window with an object (by its overlap), but class 0 or less")
    return WindowFile(images, shown, replace(empty, labels=np.zeros_like(empty.labels)))


def _windows(table: NDArray[np.float32]) -> Windows:
    whole = table.astype(np.int32)
    return Windows(whole[:, 0], whole[:, 1], whole[:, 3:])


class _Lines:
    """The lines of a window file, counted."""

    def __init__(self, path: str | Path, file: TextIO) -> None:
        self._path = path
        self._file = file
        self._number = 0

    def blocks(self) -> Iterator[tuple[str, NDArray[np.float32]]]:
        """Yield each image's name and its windows, N×6."""
        while head := self._next():
            if not head.startswith("#"):
                self._refuse(f'"{head}"', "# and the number of an image")
            name = self._next()
            channels, _, _ = (self._whole(what) for what in ("channels", "height", "width"))
            if channels != _COLORS:
                self._refuse(f"{channels} channels", f"{_COLORS}, and three lines of channels, height and width")
            yield name, self._rows(self._whole("number of windows"))

    def _next(self) -> str:
        """Return the next line that is not blank, "" at the end."""
        for line in self._file:
            self._number += 1
            if line.strip():
                return line.strip()
        return ""

    def _whole(self, what: str) -> int:
        line = self._next()
        if not line.isdecimal():
            self._refuse(f'"{line}"', f"{what}, a whole number")
        return int(line)

    def _rows(self, count: int) -> NDArray[np.float32]:
        words = " ".join(islice(self._file, count)).split()
        try:
            table = np.array(words, np.float32).reshape(count, _FIELDS)
        except ValueError:
            self._refuse("something else", f"{count} lines of class, overlap, x1, y1, x2 and y2 below")
        self._number += count
        return table

    def _refuse(self, found: str, rule: str) -> None:
        raise DataError(f"{self._path}:{self._number}: {found}, must be {rule}")
