from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from netdef.errors import DataError, UsageError
from netdef.pycaffe import io
from netdef.schema import netdef_pb2 as schema

Golden = dict[str, NDArray[np.float64]]


@pytest.mark.parametrize(("kind", "dtype"), [("uint8", np.uint8), ("float", np.float64)])
def test_records_are_those_of_caffe(golden: Golden, kind: str, dtype: type) -> None:
    datum = schema.Datum.FromString(Path(f"pycaffe/datum_{kind}.bin").read_bytes())
    found = io.datum_to_array(datum)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, golden[f"datum_{kind}"])
    label = datum.label if datum.HasField("label") else None
    assert io.array_to_datum(golden[f"datum_{kind}"], label) == datum


def test_blobs_are_those_of_caffe(golden: Golden) -> None:
    blob = schema.BlobProto.FromString(Path("pycaffe/blob.binaryproto").read_bytes())
    np.testing.assert_array_equal(io.blobproto_to_array(blob), golden["blob"])
    np.testing.assert_array_equal(io.blobproto_to_array(blob, return_diff=True), golden["blob_diff"])
    assert io.array_to_blobproto(golden["blob"], golden["blob_diff"]) == blob


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4), (1, 2, 3, 4, 5)])
def test_arrays_come_back_from_blobs(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    blob = io.array_to_blobproto(array, 2 * array)
    np.testing.assert_array_equal(io.blobproto_to_array(blob), array)
    np.testing.assert_array_equal(io.blobproto_to_array(blob, True), 2 * array)


def test_old_blobs_have_four_axes_and_doubles_are_read() -> None:
    assert io.blobproto_to_array(schema.BlobProto(num=1, channels=2, height=1, width=2, data=range(4))).shape == (
        1,
        2,
        1,
        2,
    )
    double = schema.BlobProto(double_data=[0.1, 0.2], double_diff=[1, 2], shape=schema.BlobShape(dim=[2]))
    assert io.blobproto_to_array(double).tolist() == [0.1, 0.2]
    assert io.blobproto_to_array(double, return_diff=True).tolist() == [1, 2]
    assert len(double.double_diff) == 2


def test_a_single_number_has_no_axes_and_numbers_without_a_shape_are_none() -> None:
    single = schema.BlobProto(data=[123], shape=schema.BlobShape())
    assert io.blobproto_to_array(single).shape == ()
    with pytest.raises(ValueError, match="the shape \\(\\) asks for 1 values, found 100"):
        io.blobproto_to_array(schema.BlobProto(data=[123] * 100))


def test_several_arrays_in_one_message() -> None:
    arrays = [np.arange(6.0).reshape(2, 3), np.array(5.0)]
    back = io.blobprotovector_str_to_arraylist(io.arraylist_to_blobprotovector_str(arrays))
    assert [array.tolist() for array in back] == [array.tolist() for array in arrays]


def test_encoded_records_are_decoded_to_planes_of_blue_green_and_red() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, 3), np.uint8)
    datum = schema.Datum(encoded=True, data=cv2.imencode(".png", pixels)[1].tobytes())
    np.testing.assert_array_equal(io.datum_to_array(datum), pixels.transpose(2, 0, 1))
    with pytest.raises(DataError, match="cannot be decoded"):
        io.datum_to_array(schema.Datum(encoded=True, data=b"no image"))


def test_what_fits_no_message_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the array is of \(2, 3\), must be channels×height×width"):
        io.array_to_datum(np.zeros((2, 3)))
    with pytest.raises(UsageError, match="the shape 3 asks for 3 values, found 2"):
        io.blobproto_to_array(schema.BlobProto(data=[1, 2], shape=schema.BlobShape(dim=[3])))
