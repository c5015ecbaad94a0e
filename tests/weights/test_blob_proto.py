from __future__ import annotations

import struct

import numpy as np
import pytest

from netdef.schema import netdef_pb2 as schema
from netdef.schema import weights_pb2
from netdef.weights.blob_proto import array_of, blob_of, encode_blob
from netdef.weights.one_piece import in_one_piece

VALUES = np.arange(6, dtype=np.float32).reshape(2, 3) / 7


def small(blob: schema.BlobProto) -> weights_pb2.BlobProto:
    return weights_pb2.BlobProto.FromString(blob.SerializeToString())


def shaped(**fields: object) -> schema.BlobProto:
    return schema.BlobProto(shape=schema.BlobShape(dim=[2, 3]), **fields)  # type: ignore[arg-type]


def test_floats_are_read_as_they_are() -> None:
    array = array_of(small(shaped(data=VALUES.ravel())))
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, VALUES)


def test_the_old_four_lengths_win_over_the_shape() -> None:
    blob = shaped(data=VALUES.ravel(), num=1, channels=3, height=1, width=2)
    assert array_of(small(blob)).shape == (1, 3, 1, 2)


def test_one_old_length_makes_the_others_zero() -> None:
    assert array_of(small(schema.BlobProto(num=4))).shape == (4, 0, 0, 0)


def test_doubles_win_over_floats() -> None:
    blob = shaped(data=[9] * 6, double_data=[1 / 3, 2, 3, 4, 5, 6])
    array = array_of(small(blob))
    assert array.dtype == np.float64
    assert array[0, 0] == 1 / 3


@pytest.mark.parametrize(
    ("kind", "stored"), [("DOUBLE", "<f8"), ("FLOAT", "<f4"), ("FLOAT16", "<f2"), ("INT", "<i4"), ("UINT", "<u4")]
)
def test_raw_data_is_read_in_its_type(kind: str, stored: str) -> None:
    raw = np.array([[1, 2, 3], [4, 5, 250]]).astype(stored)
    blob = weights_pb2.BlobProto(raw_data=raw.tobytes(), raw_data_type=kind)
    blob.shape.dim.extend(raw.shape)
    array = array_of(blob)
    assert array.dtype == stored
    np.testing.assert_array_equal(array, raw)


@pytest.mark.parametrize(("key", "form"), [(b"\x2d", "<f"), (b"\x41", "<d")])
def test_a_tag_for_every_number_is_read(key: bytes, form: str) -> None:
    numbers = b"".join(key + struct.pack(form, value) for value in (0.5, -2, 3, 4, 5, 6))
    shape = schema.BlobProto(shape=schema.BlobShape(dim=[2, 3])).SerializeToString()
    array = array_of(in_one_piece(numbers + shape))
    np.testing.assert_array_equal(array, [[0.5, -2, 3], [4, 5, 6]])


def test_a_wrong_number_of_values_is_refused() -> None:
    with pytest.raises(ValueError, match="2×3 asks for 6 values, found 5"):
        array_of(small(shaped(data=VALUES.ravel()[:5])))


def test_half_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple"):
        array_of(weights_pb2.BlobProto(data=b"\0\0\0\0\0"))


@pytest.mark.parametrize("shape", [(2, 3), (), (4, 0), (5,)])
def test_what_is_written_is_read(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    found = array_of(blob_of(array))
    assert found.shape == shape
    np.testing.assert_array_equal(found, array)


def test_written_blobs_are_those_of_the_full_schema() -> None:
    blob = schema.BlobProto.FromString(b"".join(encode_blob(VALUES, diff=VALUES * 2)))
    assert blob == shaped(data=VALUES.ravel(), diff=VALUES.ravel() * 2)


def test_doubles_stay_doubles() -> None:
    array = np.array([1 / 3, 2 / 3])
    blob = schema.BlobProto.FromString(b"".join(encode_blob(array, diff=array)))
    assert not blob.data
    assert list(blob.double_data) == list(blob.double_diff) == [1 / 3, 2 / 3]


def test_a_transposed_array_is_written_in_its_own_order() -> None:
    np.testing.assert_array_equal(array_of(blob_of(VALUES.T)), VALUES.T)


def test_half_precision_is_written_as_float32() -> None:
    found = array_of(blob_of(VALUES.astype(np.float16)))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, VALUES.astype(np.float16))
