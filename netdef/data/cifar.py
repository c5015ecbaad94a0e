"""CIFAR-10's binary files: records of a label, one byte, and an image, 3×32×32 bytes, red first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from netdef.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32
FILES = {"train": tuple(f"data_batch_{number}.bin" for number in range(1, 6)), "test": ("test_batch.bin",)}
UNPACKED = "cifar-10-batches-bin"  # the folder that the archive unpacks to


def read_cifar10(folder: str | Path, split: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the images (N×3×32×32) and labels (N) of ``split``, "train" or "test", from the folder of the files.

    Raises: DataError if a file is missing or cut off.
    """
    import numpy as np

    records = np.concatenate([_read(_find(Path(folder), name)) for name in FILES[split]])
    return records[:, 1:].reshape(-1, *SHAPE), records[:, 0]


def _find(folder: Path, name: str) -> Path:
    for place in (folder, folder / UNPACKED):
        if (place / name).is_file():
            return place / name
    raise DataError(f"{folder}: {name} is not here; unpack cifar-10-binary.tar.gz and name the folder of its files")


def _read(file: Path) -> NDArray[np.uint8]:
    import numpy as np

    try:
        content = np.fromfile(file, np.uint8)
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror})") from error
    if not len(content) or len(content) % RECORD:
        raise DataError(f"{file}: has {len(content)} bytes, must be records of {RECORD}: unpack it again")
    return content.reshape(-1, RECORD)
