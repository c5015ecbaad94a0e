"""The images of a list file, in its order or in an order drawn anew for each pass."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netdef.data.datum import Datum
from netdef.data.image_list import ListedImage, find_root, read_image_list
from netdef.data.paths import resolve
from netdef.data.random import draw, make_key, permutation
from netdef.schema import netdef_pb2 as schema


class ImageFile(NamedTuple):
    """An image of the list, not read yet."""

    number: int
    image: ListedImage

    @property
    def place(self) -> str:
        """Number in the list, and name."""
        return f'image {self.number} "{self.image.name}"'

    def datum(self) -> Datum:
        """Read the file.

        Raises: DataError if it cannot be read.
        """
        return Datum(0, 0, 0, memoryview(self.image.content()), self.image.label, b"", True)


class ImageListSource:
    """The images that an ImageData layer's ``source`` lists; ``key`` is that of its random numbers.

    Raises: DataError if the list cannot be read.
    Source: image_data_layer.cpp; its orders come from a generator, these from ``key`` and the number of the pass.
    """

    def __init__(self, options: schema.ImageDataParameter, key: int, folder: str | Path | None) -> None:
        images = read_image_list(resolve(options.source, folder))
        root = find_root(options.root_folder, images[0].name, folder)
        self._images = [image._replace(root=root) for image in images]
        self._shuffle = options.shuffle
        self._key = key
        self._skip = _skip(key, options.rand_skip)
        self._epoch = -1
        self._order: NDArray[np.int64] = np.arange(len(images))

    def __len__(self) -> int:
        return len(self._images)

    def read(self, ordinal: int) -> ImageFile:
        """Return the image at ``ordinal``; each comes once in every pass over the list."""
        epoch, place = divmod(ordinal, len(self))
        if self._shuffle and epoch != self._epoch:
            self._epoch = epoch
            self._order = permutation(make_key(self._key, "images", epoch), len(self))
        number = int(self._order[(place + self._skip) % len(self)])
        return ImageFile(number, self._images[number])

    def close(self) -> None:
        """Nothing stays open."""


def _skip(key: int, rand_skip: int) -> int:
    """Return how many images to skip at the start: a number below ``rand_skip`` that depends on the key alone."""
    words = draw(make_key(key, "skip"), np.zeros(1, np.int64))
    return int(words[0, 0]) * rand_skip >> 32
