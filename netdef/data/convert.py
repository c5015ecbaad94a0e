"""Databases from images: convert_imageset, and MNIST's files.

Source: convert_imageset.cpp.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from netdef.data.convert_arrays import COMMIT_RECORDS, convert_arrays
from netdef.data.database_writer import DatabaseWriter
from netdef.data.idx import read_idx_folder
from netdef.data.image_datum import ImageDatum, ImageOptions, make_datum
from netdef.data.image_list import ListedImage, find_class_folders, read_image_list
from netdef.data.new_database import check_backend, new_database
from netdef.data.progress import Progress
from netdef.data.random import make_key, permutation
from netdef.errors import DataError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConvertOptions(ImageOptions):
    """How images become a database.

    ``shuffle``: in an order drawn from ``seed`` instead of the listed one. ``check_size``: refuse images of unequal
    sizes.
    """

    shuffle: bool = False
    seed: int = 0
    check_size: bool = False
    backend: str = "lmdb"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_backend(self.backend)


@dataclass(frozen=True)
class Conversion:
    """What came of it: the number of records written, and why each missing one is missing."""

    written: int
    skipped: tuple[str, ...]


def _no_progress(done: int, total: int) -> None:
    """Tell nobody."""


def convert_list(
    list_file: str | Path,
    root: str | Path,
    database: str | Path,
    options: ConvertOptions | None = None,
    progress: Progress = _no_progress,
) -> Conversion:
    """Make a database of the images that ``list_file`` names below ``root``, lines of ``path label``.

    Raises: DataError if the list or the database cannot be, or if no image can be read.
    """
    return _convert(read_image_list(list_file, root), database, options or ConvertOptions(), progress, ())


def convert_folder(
    root: str | Path,
    database: str | Path,
    options: ConvertOptions | None = None,
    progress: Progress = _no_progress,
) -> Conversion:
    """Make a database of the images in the folders of ``root``, one folder a class.

    The file ``labels.txt`` in the database's folder then names the classes, one a line, in the order of their labels.

    Raises: DataError as ``convert_list``.
    """
    images, classes = find_class_folders(root)
    return _convert(images, database, options or ConvertOptions(), progress, classes)


def convert_idx(
    folder: str | Path,
    split: str,
    database: str | Path,
    progress: Progress = _no_progress,
    backend: str = "lmdb",
) -> Conversion:
    """Make a database of MNIST's "train" or "test" images in ``folder``; the keys are numbers of eight digits.

    Raises: DataError if the files or the database cannot be.
    """
    images, labels = read_idx_folder(folder, split)
    return Conversion(convert_arrays(images[:, None], labels, database, progress, backend), ())


def _convert(
    images: Sequence[ListedImage],
    database: str | Path,
    options: ConvertOptions,
    progress: Progress,
    classes: Iterable[str],
) -> Conversion:
    if options.shuffle:
        images = [images[index] for index in permutation(make_key(options.seed, "convert"), len(images))]
    with new_database(database, options.backend) as writer, ThreadPoolExecutor() as pool:
        task = _Conversion(writer, options, pool)
        for start in range(0, len(images), COMMIT_RECORDS):
            chunk = images[start : start + COMMIT_RECORDS]
            task.add(start, chunk)
            progress(start + len(chunk), len(images))
        if not task.written:
            raise DataError(f"{database}: none of the {len(images)} images can be read; the first: {task.skipped[0]}")
        if classes:
            writer.write_beside("labels.txt", "".join(f"{name}\n" for name in classes))
    return Conversion(task.written, tuple(task.skipped))


class _Conversion:
    """A conversion under way."""

    def __init__(self, writer: DatabaseWriter, options: ConvertOptions, pool: ThreadPoolExecutor) -> None:
        self.written = 0
        self.skipped: list[str] = []
        self._writer = writer
        self._options = options
        self._pool = pool
        self._first: tuple[str, tuple[int, ...]] | None = None

    def add(self, start: int, images: Sequence[ListedImage]) -> None:
        """Write images that stand in the list from ``start`` on."""
        for number, (image, datum) in enumerate(zip(images, self._pool.map(self._read, images), strict=True), start):
            if isinstance(datum, DataError):
                self._skip(datum)
            else:
                self._check_size(image, datum)
                self._writer.put(f"{number:08d}_{image.name}".encode(), datum.content)
                self.written += 1
        self._writer.commit()

    def _read(self, image: ListedImage) -> ImageDatum | DataError:
        try:
            return make_datum(image, self._options)
        except DataError as error:
            return error

    def _skip(self, error: DataError) -> None:
        _log.warning("skipped: %s", error)
        self.skipped.append(str(error))

    def _check_size(self, image: ListedImage, datum: ImageDatum) -> None:
        if not self._options.check_size:
            return
        name, shape = self._first = self._first or (image.name, datum.shape)
        if datum.shape[:2] != shape[:2]:
            sizes = [f"{width}×{height}" for height, width in (datum.shape[:2], shape[:2])]
            raise DataError(
                f"{image.path}: is {sizes[0]} (width × height), but {name} is {sizes[1]}: resize the images"
            )
