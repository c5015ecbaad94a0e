from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdef.data.wire import read_varint, signed32, skip_field, write_int32
from netdef.errors import DataError
from netdef.weights.wire import varint


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


def test_a_group_is_no_field_of_a_datum() -> None:
    with pytest.raises(DataError, match="byte 4 begins no field"):
        skip_field(memoryview(b"123456"), 0x7B, 5)
