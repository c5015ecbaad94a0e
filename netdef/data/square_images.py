"""Image files made square and of one size: the shorter side is scaled to it, the longer one then cut at both ends.

Source: resize_and_crop_images.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2

from netdef.data.color_mode import ColorMode
from netdef.data.decode import Image, decode_file
from netdef.data.image_list import IMAGE_ENDINGS
from netdef.data.lines import read_lines
from netdef.data.progress import Progress
from netdef.data.sizing import scaled_size
from netdef.errors import DataError

CHUNK = 1000  # images that are given to the threads at a time

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SquareImages:
    """Squares of ``side`` pixels to make of images below ``source``, under the same names below ``target``."""

    source: Path
    target: Path
    side: int

    def make(self, names: Sequence[str], threads: int | None, progress: Progress) -> list[str]:
        """Make them, and return why each missing one is missing.

        Raises: DataError if a file cannot be written, or no image can be read.
        """
        skipped: list[str] = []
        with ThreadPoolExecutor(threads) as pool:
            for start in range(0, len(names), CHUNK):
                for done, error in enumerate(pool.map(self._make, names[start : start + CHUNK]), start + 1):
                    if error:
                        _log.warning("skipped: %s", error)
                        skipped.append(error)
                    progress(done, len(names))
        if len(skipped) == len(names):
            raise DataError(f"none of the {len(names)} images can be read; the first: {skipped[0]}")
        return skipped

    def _make(self, name: str) -> str:
        """Make one, and return why that is not possible, if it is not."""
        path = self.source / name
        try:
            image = square(decode_file(path.read_bytes(), ColorMode.COLOR), self.side)
        except OSError as error:
            return f"{path}: cannot be read ({error.strerror})"
        except (DataError, cv2.error) as error:
            return f"{path}: {error}"
        if not cv2.haveImageWriter(name):
            return f"{path}: OpenCV writes no {path.suffix or 'files without an ending'}"
        self._write(self.target / name, cv2.imencode(path.suffix, image)[1].tobytes())
        return ""

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise DataError(f"{path}: cannot be written ({error.strerror})") from error


def square(image: Image, side: int) -> Image:
    """Return the middle of an image H×W×K as side×side×K; lengths are rounded down, as in Caffe's script."""
    height, width = scaled_size(image.shape[0], image.shape[1], side)
    top, left = (height - side) // 2, (width - side) // 2
    return cv2.resize(image, (width, height))[top : top + side, left : left + side]


def listed_names(list_file: Path, folder: Path) -> list[str]:
    """Return the images of a list, each relative to ``folder``; a label behind a name is left out.

    Raises: DataError if the list cannot be read, or a name does not lie in the folder.
    """
    lines = read_lines(list_file, "a list of images, one a line")
    return [_name(f"{list_file}:{number}", line, folder) for number, line in lines]


def _name(place: str, line: str, folder: Path) -> str:
    name, _, label = line.rpartition(" ")
    path = Path(name.strip() if name and label.isdecimal() and not (folder / line).exists() else line)
    inside = path.relative_to(folder) if path.is_relative_to(folder) else path
    if inside.is_absolute() or ".." in inside.parts:
        raise DataError(f'{place}: "{path}" must lie in the input folder, {folder}')
    return inside.as_posix()


def found_names(folder: Path) -> list[str]:
    """Return the images in a folder and the folders in it, sorted.

    Raises: DataError if there are none.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in _images(folder))
    if not names:
        raise DataError(f"{folder}: holds no image, of {' '.join(sorted(IMAGE_ENDINGS))}")
    return names


def _images(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_ENDINGS)
