"""Databases from arrays of bytes: MNIST's and CIFAR-10's images, and pairs of images.

Source: examples/mnist/convert_mnist_data.cpp, examples/cifar10/convert_cifar_data.cpp,
examples/siamese/convert_mnist_siamese_data.cpp.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from netdef.data.datum import write_datum
from netdef.data.new_database import new_database
from netdef.data.progress import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COMMIT_RECORDS = 1000


def convert_arrays(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    database: str | Path,
    progress: Progress,
    backend: str = "lmdb",
    digits: int = 8,
) -> int:
    """Make a database of ``images`` (N×C×H×W) and ``labels`` (N), and return how many they are.

    The keys are numbers from 0 on, of so many digits.

    Raises: DataError if the database cannot be.
    """
    count, channels, height, width = images.shape
    with new_database(database, backend) as writer:
        for number, (image, label) in enumerate(zip(images, labels.tolist(), strict=True), start=1):
            datum = write_datum(channels=channels, height=height, width=width, data=image.tobytes(), label=label)
            writer.put(b"%0*d" % (digits, number - 1), datum)
            if number % COMMIT_RECORDS == 0 or number == count:
                writer.commit()
                progress(number, count)
    return len(images)


def pairs(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], key: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw as many pairs as there are images of one channel: N×2×H×W, and 1 where both have one label, else 0."""
    import numpy as np

    from netdef.data.random import draw

    words = draw(key, np.arange(len(images), dtype=np.int64))
    first, second = ((words[row] % np.uint64(len(images))).astype(np.int64) for row in range(2))
    both = np.concatenate([images[first], images[second]], axis=1)
    return both, (labels[first] == labels[second]).astype(np.uint8)
