from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from netdef.data.mean_file import read_mean_file, write_mean_file
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema

VALUES = np.random.default_rng(0).uniform(0, 255, (3, 4, 5)).astype(np.float32)
FLAT = VALUES.ravel().tolist()


@pytest.mark.parametrize("name", ["lmdb_raw", "lmdb_raw_gray", "leveldb_jpg"])
def test_reads_and_writes_as_caffe(golden: Path, tmp_path: Path, name: str) -> None:
    file = golden / "data" / f"{name}_mean.binaryproto"
    mean = read_mean_file(file)
    assert np.array_equal(mean, np.load(golden / "data" / "means.npz")[name][0])
    write_mean_file(tmp_path / "mean", mean)
    assert (tmp_path / "mean").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    "blob",
    [
        schema.BlobProto(shape=schema.BlobShape(dim=[3, 4, 5]), data=FLAT),
        schema.BlobProto(shape=schema.BlobShape(dim=[1, 3, 4, 5]), double_data=FLAT),
        schema.BlobProto(channels=3, height=4, width=5, num=1, shape=schema.BlobShape(dim=[9]), data=FLAT),
    ],
)
def test_reads_every_kind_of_blob(tmp_path: Path, blob: schema.BlobProto) -> None:
    (tmp_path / "mean").write_bytes(blob.SerializeToString())
    assert np.array_equal(read_mean_file(tmp_path / "mean"), VALUES)


def test_numbers_in_several_pieces_are_gathered(tmp_path: Path) -> None:
    tagged = b"".join(b"\x2d" + struct.pack("<f", value) for value in FLAT[:7])
    packed = schema.BlobProto(shape=schema.BlobShape(dim=[3, 4, 5]), data=FLAT[7:]).SerializeToString()
    (tmp_path / "mean").write_bytes(tagged + packed)
    assert np.array_equal(read_mean_file(tmp_path / "mean"), VALUES)


def test_reads_npy(tmp_path: Path) -> None:
    np.save(tmp_path / "mean.npy", VALUES.astype(np.float64))
    assert np.array_equal(read_mean_file(tmp_path / "mean.npy"), VALUES)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (schema.BlobProto(num=1, channels=3, height=4, width=6, data=FLAT), "1×3×4×6 asks for 72 values, found 60"),
        (schema.BlobProto(shape=schema.BlobShape(dim=[60]), data=FLAT), r"channels×height×width, this one has 60"),
        (schema.BlobProto(num=2, channels=3, height=2, width=5, data=FLAT), r"this one has 2×3×2×5"),
    ],
)
def test_a_blob_of_the_wrong_shape(tmp_path: Path, content: schema.BlobProto, words: str) -> None:
    (tmp_path / "mean").write_bytes(content.SerializeToString())
    with pytest.raises(DataError, match=words):
        read_mean_file(tmp_path / "mean")


def test_what_is_no_mean_file(tmp_path: Path) -> None:
    (tmp_path / "mean").write_bytes(b"\xff\xd8\xff\xe0 a picture")
    with pytest.raises(DataError, match="not a mean file"):
        read_mean_file(tmp_path / "mean")
    (tmp_path / "mean.npy").write_bytes(b"no array")
    with pytest.raises(DataError, match="cannot be read"):
        read_mean_file(tmp_path / "mean.npy")


def test_a_mean_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none: no such file"):
        read_mean_file(tmp_path / "none")
