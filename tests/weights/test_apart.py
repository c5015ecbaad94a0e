from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from google.protobuf.message import DecodeError

from netdef.errors import WeightsError
from netdef.schema import weights_pb2
from netdef.weights.apart import Apart, decode_apart, read_apart, values_of
from netdef.weights.blob_proto import array_of, blob_of

VALUES = np.arange(6, dtype=np.float32).reshape(2, 3) / 7
NET = weights_pb2.NetParameter(
    name="small",
    layer=[weights_pb2.LayerParameter(name="a", type="B", blobs=[blob_of(VALUES), blob_of(-VALUES)])],
    layers=[
        weights_pb2.V1LayerParameter(layer=weights_pb2.V0LayerParameter(name="old", blobs=[blob_of(2 * VALUES)])),
        weights_pb2.V1LayerParameter(name="v1", blobs=[blob_of(np.zeros((0, 3), np.float32))]),
    ],
)


def decoded(data: bytes) -> Apart[weights_pb2.NetParameter]:
    return decode_apart(BytesIO(data), weights_pb2.NetParameter, len(data))


def test_arrays_are_apart_and_all_else_as_it_was() -> None:
    net, arrays = decoded(NET.SerializeToString())
    assert [len(array) for array in arrays] == [24, 0, 24, 24]  # old layers come first
    (layer,) = net.layer
    assert (net.name, layer.name, layer.type) == ("small", "a", "B")
    old, v1 = net.layers
    np.testing.assert_array_equal(array_of(layer.blobs[1], arrays), -VALUES)
    np.testing.assert_array_equal(array_of(old.layer.blobs[0], arrays), 2 * VALUES)
    assert array_of(v1.blobs[0], arrays).shape == (0, 3)


def test_arrays_are_aligned_and_may_be_written() -> None:
    net, arrays = decoded(weights_pb2.NetParameter(name="any", layer=NET.layer).SerializeToString())
    array = array_of(net.layer[0].blobs[0], arrays)
    assert array.flags.aligned
    assert array.flags.writeable


def test_gradients_are_passed_over() -> None:
    blob = weights_pb2.BlobProto(data=VALUES.tobytes(), diff=VALUES.tobytes())
    net, arrays = decoded(weights_pb2.NetParameter(layer=[{"blobs": [blob]}]).SerializeToString())
    assert len(arrays) == 1
    assert not net.layer[0].blobs[0].diff


def tagged(*numbers: float) -> bytes:
    return b"".join(b"\x2d" + struct.pack("<f", number) for number in numbers)


def packed(*numbers: float) -> bytes:
    return bytes((0x2A, 4 * len(numbers))) + struct.pack(f"<{len(numbers)}f", *numbers)


@pytest.mark.parametrize(
    "pieces",
    [
        [tagged(0.5, -2, 3)],
        [tagged(0.5, -2), packed(3)],
        [packed(0.5), tagged(-2, 3)],
        [packed(0.5), packed(-2, 3)],
        [packed(0.5), packed(-2), packed(3)],
        [tagged(0.5), packed(), packed(-2), tagged(3)],
    ],
    ids=["a tag each", "one packed last", "one packed first", "two pieces", "three pieces", "all mixed"],
)
def test_numbers_in_several_pieces_are_gathered(pieces: list[bytes]) -> None:
    shape = weights_pb2.BlobProto(shape=weights_pb2.BlobShape(dim=[3])).SerializeToString()
    for place in range(len(pieces) + 1):
        net = weights_pb2.NetParameter(layer=[{"blobs": [blob_of(-VALUES), blob_of(VALUES)]}]).SerializeToString()
        blob = b"".join([*pieces[:place], shape, *pieces[place:]])
        inner = b"\x3a" + bytes([len(blob)]) + blob
        message, arrays = decoded(net + b"\xa2\x06" + bytes([len(inner)]) + inner + net)
        expected = [-VALUES, VALUES, [0.5, -2, 3], -VALUES, VALUES]
        for found, values in zip((blob for layer in message.layer for blob in layer.blobs), expected, strict=True):
            np.testing.assert_array_equal(array_of(found, arrays), values)


def test_the_array_that_counts_is_taken_of_several() -> None:
    blob = weights_pb2.BlobProto(data=b"abcd", raw_data=VALUES[0].tobytes(), raw_data_type="FLOAT", num=3)
    blob.channels = blob.height = blob.width = 1
    net, arrays = decoded(weights_pb2.NetParameter(layer=[{"blobs": [blob]}]).SerializeToString())
    np.testing.assert_array_equal(array_of(net.layer[0].blobs[0], arrays).ravel(), VALUES[0])


@pytest.mark.parametrize("kept", [b"\xf8\x01\x96\x01", b"\xfd\x01abcd", b"\xf9\x01abcdefgh", b"\xfb\x01\xfc\x01"])
def test_unknown_fields_of_all_kinds_are_gone_past(kept: bytes) -> None:
    net, _ = decoded(kept + NET.SerializeToString())
    assert net.name == "small"


@pytest.mark.parametrize(
    "data",
    [
        NET.SerializeToString()[:-3],
        b"\x0a\x05abc",
        b"\x0a\x80",
        b"\x00\x00",
        b"\x0f",
        b"\x08" + b"\xff" * 11,
        b"\xa2\x06\x02\x0a\x05aaaaa",
    ],
    ids=["cut", "cut in a name", "cut in a number", "field 0", "kind 7", "endless number", "longer than its layer"],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decoded(data)


def test_values_are_held_or_have_their_place() -> None:
    arrays = [np.zeros(3, np.uint8), np.ones(5, np.uint8)]
    assert values_of(b"\1\0\0\0", arrays) is arrays[1]
    assert values_of(b"abcd", ()) == b"abcd"


def test_a_file_that_is_not_there_is_the_error_asked_for(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no such file"):
        read_apart(tmp_path / "gone.caffemodel", weights_pb2.NetParameter, WeightsError)
