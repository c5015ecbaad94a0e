"""Image files and their labels: named in a list, or found in one folder a class."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from netdef.data.lines import first_line, read_lines
from netdef.data.paths import resolve
from netdef.errors import DataError

IMAGE_ENDINGS = frozenset((".bmp", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))
LABEL_BITS = 31  # beside the sign: what a Datum holds
_LIST = "a list of images: lines of a path, a space and a label"


class ListedImage(NamedTuple):
    """An image file, ``name`` as the list writes it, below ``root``, and its label."""

    name: str
    root: str
    label: int

    @property
    def path(self) -> Path:
        """Where the file is; as in Caffe, the name comes behind the root even if it begins with a slash."""
        return Path(f"{self.root}/{self.name}") if self.root else Path(self.name)

    def content(self) -> bytes:
        """Return the bytes of the file.

        Raises: DataError if it cannot be read.
        """
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise DataError(f"{self.path}: cannot be read ({error.strerror})") from error


def read_image_list(list_file: str | Path, root: str | Path = "") -> list[ListedImage]:
    """Return the images of a file with lines ``path label``; the paths begin in ``root`` and may hold spaces.

    Raises: DataError if the list cannot be read, names no image, or has a line without a label.
    """
    lines = read_lines(list_file, _LIST)
    return [_listed(f"{list_file}:{number}", line, str(root)) for number, line in lines]


def first_image(list_file: str | Path) -> ListedImage:
    """Return the first image of a list, without looking at the others.

    Raises: DataError as ``read_image_list``.
    """
    number, line = first_line(list_file, _LIST)
    return _listed(f"{list_file}:{number}", line, "")


def _listed(place: str, line: str, root: str) -> ListedImage:
    name, _, label = line.rpartition(" ")
    try:
        return ListedImage(name.strip(), root, _label(name, label))
    except ValueError:
        raise DataError(f'{place}: "{line}" must be a path, a space and a label (a whole number of 32 bits)') from None


def _label(name: str, label: str) -> int:
    number = int(label)
    if not name.strip() or number.bit_length() > LABEL_BITS:
        raise ValueError
    return number


def find_root(root: str, name: str, folder: str | Path | None) -> str:
    """Return where the names of a list begin: ``root`` or, where that is empty or not there, below ``folder``.

    ``name`` is one of the names, ``folder`` that of the prototxt.
    """
    if root:
        return str(resolve(root, folder))
    beside = resolve(name, folder)
    return "" if beside == Path(name) else str(folder)


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
    root = folder.parent
    return [ListedImage(path.relative_to(root).as_posix(), str(root), label) for path in paths]
