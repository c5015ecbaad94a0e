from __future__ import annotations

import struct
from pathlib import Path

import lmdb
import numpy as np
import pytest

from netdef.data.leveldb_source import LeveldbSource
from netdef.schema import netdef_pb2 as schema
from tests.cli.conftest import Run

IMAGES = np.arange(6 * 4 * 5, dtype=np.uint8).reshape(6, 4, 5)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    images, labels = tmp_path / "images", tmp_path / "labels"
    images.write_bytes(struct.pack(">4I", 0x803, *IMAGES.shape) + IMAGES.tobytes())
    labels.write_bytes(struct.pack(">2I", 0x801, 6) + bytes([3, 1, 3, 1, 3, 1]))
    return images, labels


def test_caffes_usage_makes_caffes_records(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    done = run("convert_mnist_data", *files, tmp_path / "db", "--backend=lmdb")
    assert done.code == 0
    assert done.err.endswith("db: 6 records\n")
    with lmdb.open(str(tmp_path / "db"), readonly=True, lock=False) as environment, environment.begin() as reader:
        found = {key.decode(): schema.Datum.FromString(value) for key, value in reader.cursor()}
    assert list(found) == [f"{number:08d}" for number in range(6)]
    third = found["00000002"]
    assert (third.channels, third.height, third.width, third.label) == (1, 4, 5, 3)
    assert third.data == IMAGES[2].tobytes()


def test_pairs_are_of_two_channels(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("convert_mnist_data", "--pairs", "--backend=leveldb", *files, tmp_path / "db").code == 0
    source = LeveldbSource(tmp_path / "db")
    for number in range(6):
        datum = source.read(number).datum()
        starts = [image[0, 0] for image in np.frombuffer(datum.data, np.uint8).reshape(2, 4, 5)]
        assert datum.label == int(starts[0] // 20 % 2 == starts[1] // 20 % 2)
    source.close()
