"""MNIST's IDX files: images and labels as plain arrays of bytes, with a big-endian header."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from netdef.errors import DataError
from netdef.layers.shape import show

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

IMAGES_MAGIC = 0x803  # unsigned bytes in three axes
LABELS_MAGIC = 0x801  # unsigned bytes in one axis
SPLITS = {"train": "train", "test": "t10k"}


def read_idx_folder(folder: str | Path, split: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the images (N×H×W) and labels (N) of ``split``, "train" or "test", from a folder with MNIST's file names.

    Raises: DataError if a file is missing, cut off or no IDX file, or if there are more images than labels or fewer.
    """
    if split not in SPLITS:
        raise DataError(f'there is no split "{split}", only "train" and "test"')
    images_file = find_idx_file(folder, SPLITS[split], "images", 3)
    labels_file = find_idx_file(folder, SPLITS[split], "labels", 1)
    return read_idx_files(images_file, labels_file)


def read_idx_files(images_file: str | Path, labels_file: str | Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the images (N×H×W) and labels (N) of two files.

    Raises: DataError as ``read_idx``, or if there are more images than labels or fewer.
    """
    images, labels = read_idx(images_file, IMAGES_MAGIC), read_idx(labels_file, LABELS_MAGIC)
    if len(images) != len(labels):
        raise DataError(f"{images_file} has {len(images)} images, but {labels_file} has {len(labels)} labels")
    return images, labels


def find_idx_file(folder: str | Path, prefix: str, content: str, axes: int) -> Path:
    """Return the file for e.g. ``train``, ``images``, 3 under any of the names it goes by.

    Raises: DataError if none of them is there.
    """
    stems = [f"{prefix}-{content}{mark}idx{axes}-ubyte" for mark in "-."]
    names = [stem + ending for stem in stems for ending in ("", ".gz")]
    for name in names:
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    raise DataError(f"{folder}: none of {', '.join(names)} is here; download MNIST's files and name their folder")


def read_idx(path: str | Path, magic: int) -> NDArray[np.uint8]:
    """Return the array of bytes in the IDX file ``path``, plain or gzipped, whose first number must be ``magic``.

    Raises: DataError if the file is no such IDX file, or shorter or longer than its header says.
    """
    import numpy as np

    content = _content(Path(path))
    axes = magic & 0xFF
    start = 4 + 4 * axes
    if len(content) < start:
        raise DataError(f"{path}: {len(content)} bytes are too few for the {start} bytes of an IDX header")
    found, *shape = struct.unpack_from(f">{1 + axes}I", content)
    if found != magic:
        raise DataError(f"{path}: begins with {found:#010x}, must be {magic:#010x} ({axes} axes of unsigned bytes)")
    expected = start + math.prod(shape)
    if len(content) != expected:
        found = f"has {len(content)} bytes, must have {expected} for {show(tuple(shape))} values"
        raise DataError(f"{path}: {found}: download it again")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path}: the gzip file is cut off or damaged ({error}): download it again") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
