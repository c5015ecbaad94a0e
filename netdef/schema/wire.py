"""Protobuf's binary form by hand, for what must not be copied on its way: numbers (varints) and fields.

Source: the protocol buffers documentation, Encoding.
"""

from __future__ import annotations

from collections.abc import Iterable

from netdef.errors import DataError

Piece = bytes | memoryview

VARINT, FIXED64, LENGTH_DELIMITED, FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 70  # ten bytes of seven bits


def field(number: int, content: Iterable[Piece]) -> list[Piece]:
    """Return a field that holds a message, a string or packed numbers: its key, its length, its content.

    They are pieces to write one after the other, so that a large content need not be copied.
    """
    pieces = list(content)
    head = varint(number << 3 | LENGTH_DELIMITED) + varint(sum(map(len, pieces)))
    return [head, *pieces]


def varint(value: int) -> bytes:
    """Return a number that is not negative, seven bits a byte, the lowest first."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def write_int32(value: int) -> bytes:
    """Return ``value`` as a varint; a negative number takes ten bytes."""
    return varint(value & 0xFFFFFFFFFFFFFFFF)


def signed32(value: int) -> int:
    """Return the lower 32 bits of ``value`` as a signed number."""
    return ((value & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000


def read_varint(view: memoryview, position: int) -> tuple[int, int]:
    """Return the unsigned number at ``position`` and the position behind it.

    Raises: IndexError where the bytes end in its middle, DataError if it is longer than ten bytes.
    """
    byte = view[position]
    position += 1
    if byte < 0x80:
        return byte, position
    value, shift = byte & 0x7F, 7
    while True:
        byte = view[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift == _LONGEST_VARINT:
            raise DataError(f"the number at byte {position - 10} is longer than ten bytes: this is no protobuf message")


def skip_field(view: memoryview, tag: int, position: int) -> int:
    """Return the position behind a field of which ``tag`` has been read; its content is of no interest.

    Raises: IndexError where the bytes end in its middle, DataError on a tag that is none.
    """
    kind = tag & 7
    if kind == VARINT:
        end = read_varint(view, position)[1]
    elif kind == LENGTH_DELIMITED:
        length, start = read_varint(view, position)
        end = start + length
    elif kind in (FIXED32, FIXED64):
        end = position + (4 if kind == FIXED32 else 8)
    else:
        raise DataError(f"byte {position - 1} begins no field: this is no protobuf message")
    if end > len(view):
        raise IndexError
    return end
