from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from netdef.data.idx import IMAGES_MAGIC, LABELS_MAGIC, read_idx, read_idx_folder
from netdef.errors import DataError

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
LABELS = np.array([7, 0, 9], np.uint8)


def idx_bytes(array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    return struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


@pytest.mark.parametrize("mark", ["-", "."])
@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize(("split", "prefix"), [("train", "train"), ("test", "t10k")])
def test_finds_the_files_under_all_their_names(tmp_path: Path, mark: str, ending: str, split: str, prefix: str) -> None:
    for array, name in ((IMAGES, f"images{mark}idx3"), (LABELS, f"labels{mark}idx1")):
        content = idx_bytes(array)
        (tmp_path / f"{prefix}-{name}-ubyte{ending}").write_bytes(gzip.compress(content) if ending else content)
    images, labels = read_idx_folder(tmp_path, split)
    assert np.array_equal(images, IMAGES)
    assert np.array_equal(labels, LABELS)


def test_a_folder_without_them_says_what_it_looked_for(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none of t10k-images-idx3-ubyte, .* is here"):
        read_idx_folder(tmp_path, "test")


def test_an_unknown_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='no split "valid"'):
        read_idx_folder(tmp_path, "valid")


def test_as_many_labels_as_images(tmp_path: Path) -> None:
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx_bytes(IMAGES))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS[:2]))
    with pytest.raises(DataError, match=r"has 3 images, but .* has 2 labels"):
        read_idx_folder(tmp_path, "train")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (idx_bytes(IMAGES)[:-1], "has 75 bytes, must have 76 for 3×4×5 values"),
        (idx_bytes(IMAGES) + b"x", "has 77 bytes, must have 76"),
        (idx_bytes(IMAGES)[:9], "9 bytes are too few for the 16"),
        (idx_bytes(LABELS) + bytes(99), "begins with 0x00000801, must be 0x00000803"),
        (gzip.compress(idx_bytes(IMAGES), mtime=0)[:-9], "cut off or damaged"),
        (b"\x1f\x8bnonsense", "cut off or damaged"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "train-images-idx3-ubyte"
    file.write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_idx(file, IMAGES_MAGIC)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        read_idx(tmp_path / "none", LABELS_MAGIC)
