"""Fields of protobuf's binary form, as pieces to write one after the other: so large arrays need not be copied."""

from __future__ import annotations

from collections.abc import Iterable

Piece = bytes | memoryview

_LENGTH_DELIMITED = 2


def field(number: int, content: Iterable[Piece]) -> list[Piece]:
    """Return a field that holds a message, a string or packed numbers: its key, its length, its content."""
    pieces = list(content)
    head = varint(number << 3 | _LENGTH_DELIMITED) + varint(sum(map(len, pieces)))
    return [head, *pieces]


def varint(value: int) -> bytes:
    """Return a number that is not negative, seven bits a byte, the lowest first."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
