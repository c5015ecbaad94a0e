from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdef.errors import DataError
from netdef.schema import weights_pb2
from netdef.schema.wire import field, read_varint, signed32, skip_field, varint, write_int32


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 2**14, 2**31 - 1, 2**40])
def test_a_varint_is_what_protobuf_writes(number: int) -> None:
    written = weights_pb2.SourcePosition(ordinal=number).SerializeToString()
    assert written == b"\x18" + varint(number)


@pytest.mark.parametrize("length", [0, 5, 127, 128, 20_000])
def test_a_field_is_what_protobuf_writes(length: int) -> None:
    content = np.arange(length, dtype=np.uint8).data
    written = weights_pb2.BlobProto(data=bytes(content)).SerializeToString()
    assert b"".join(field(5, [content])) == written


def test_a_field_number_above_15_takes_two_bytes() -> None:
    layer = weights_pb2.LayerParameter(name="conv1")
    written = weights_pb2.NetParameter(layer=[layer]).SerializeToString()
    assert b"".join(field(100, [layer.SerializeToString()])) == written


def test_large_content_is_not_copied() -> None:
    content = np.zeros(8, np.uint8).data
    assert field(5, [b"x", content])[2] is content


@given(st.integers(0, 2**64 - 1))
def test_a_number_comes_back(value: int) -> None:
    encoded = varint(value)
    assert read_varint(memoryview(b"\xff" + encoded + b"\x01"), 1) == (value, 1 + len(encoded))


@given(st.integers(-(2**31), 2**31 - 1))
def test_a_negative_number_comes_back(value: int) -> None:
    assert signed32(read_varint(memoryview(write_int32(value)), 0)[0]) == value


def test_a_negative_number_takes_ten_bytes() -> None:
    assert write_int32(-1) == b"\xff" * 9 + b"\x01"


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(DataError, match="longer than ten bytes"):
        read_varint(memoryview(b"\x80" * 11), 0)


@pytest.mark.parametrize(
    ("tag", "content", "length"),
    [(0x78, b"\x96\x01", 2), (0x79, b"12345678", 8), (0x7A, b"\x03abc", 4), (0x7D, b"1234", 4)],
)
def test_fields_are_stepped_over(tag: int, content: bytes, length: int) -> None:
    assert skip_field(memoryview(content + b"rest"), tag, 0) == length
    with pytest.raises(IndexError):
        skip_field(memoryview(content[:-1]), tag, 0)


def test_a_group_is_no_field() -> None:
    with pytest.raises(DataError, match="byte 4 begins no field"):
        skip_field(memoryview(b"123456"), 0x7B, 5)
