"""Which images become a database, and their labels: from a list file, or from one folder a class."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from netdef.data.lines import read_lines
from netdef.errors import DataError

IMAGE_ENDINGS = frozenset((".bmp", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))


class ListedImage(NamedTuple):
    """An image file, ``name`` as the list writes it, and its label."""

    name: str
    path: Path
    label: int


def read_image_list(list_file: str | Path, root: str | Path = "") -> list[ListedImage]:
    """Return the images of a file with lines ``path label``; the paths begin in ``root`` and may hold spaces.

    Raises: DataError if the list cannot be read, names no image, or has a line without a label.
    """
    lines = read_lines(list_file, "a list of images: lines of a path, a space and a label")
    return [_listed(f"{list_file}:{number}", line, root) for number, line in lines]


def _listed(place: str, line: str, root: str | Path) -> ListedImage:
    name, _, label = line.rpartition(" ")
    try:
        return ListedImage(name.strip(), Path(root, name.strip()), _label(name, label))
    except ValueError:
        raise DataError(f'{place}: "{line}" must be a path, a space and a label (a whole number)') from None


def _label(name: str, label: str) -> int:
    if not name.strip():
        raise ValueError
    return int(label)


def find_class_folders(root: str | Path) -> tuple[list[ListedImage], list[str]]:
    """Return the images in the folders of ``root``, and the classes: the folders' names, sorted.

    A label is the place of the folder among them, from 0.

    Raises: DataError if there is no such folder, or no image in any.
    """
    if not Path(root).is_dir():
        raise DataError(f"{root}: no such folder; it must hold one folder of images for each class")
    folders = sorted(path for path in Path(root).iterdir() if path.is_dir())
    images = [image for label, folder in enumerate(folders) for image in _images_in(folder, label)]
    if not images:
        endings = " ".join(sorted(IMAGE_ENDINGS))
        raise DataError(f"{root}: no image in any folder below it; it must hold one folder a class, with {endings}")
    return images, [folder.name for folder in folders]


def _images_in(folder: Path, label: int) -> list[ListedImage]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_ENDINGS)
    return [ListedImage(path.relative_to(folder.parent).as_posix(), path, label) for path in paths]
