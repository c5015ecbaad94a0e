from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from netdef.data.cifar import RECORD, UNPACKED, read_cifar10
from netdef.errors import DataError


def write_batches(folder: Path, *, each: int = 2) -> NDArray[np.uint8]:
    """Write the six files, with so many records each, and return all records in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    records = np.random.default_rng(1).integers(0, 256, (6 * each, RECORD)).astype(np.uint8)
    records[:, 0] = np.arange(6 * each) % 10
    names = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    for number, name in enumerate(names):
        (folder / name).write_bytes(records[number * each : (number + 1) * each].tobytes())
    return records


@pytest.mark.parametrize("below", [".", UNPACKED])
def test_five_files_train_and_one_tests(tmp_path: Path, below: str) -> None:
    records = write_batches(tmp_path / below)
    for split, rows in (("train", slice(0, 10)), ("test", slice(10, 12))):
        images, labels = read_cifar10(tmp_path, split)
        assert labels.tolist() == records[rows, 0].tolist()
        assert np.array_equal(images, records[rows, 1:].reshape(-1, 3, 32, 32))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write_batches(tmp_path)
    (tmp_path / "data_batch_3.bin").unlink()
    with pytest.raises(DataError, match=r"data_batch_3.bin is not here; unpack cifar-10-binary.tar.gz"):
        read_cifar10(tmp_path, "train")


@pytest.mark.parametrize("size", [0, RECORD + 1])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, size: int) -> None:
    write_batches(tmp_path)
    (tmp_path / "test_batch.bin").write_bytes(b"\1" * size)
    with pytest.raises(DataError, match=f"has {size} bytes, must be records of 3073"):
        read_cifar10(tmp_path, "test")
