"""Caffe's Datum, one image with its label, read and written by hand.

The generated classes would copy the image of every record; here it stays where the database holds it.
Field numbers: channels 1, height 2, width 3, data 4, label 5, float_data 6 (packed or not), encoded 7.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from netdef.errors import DataError
from netdef.schema.wire import read_varint, signed32, skip_field, write_int32

_CHANNELS, _HEIGHT, _WIDTH, _LABEL, _ENCODED = 0x08, 0x10, 0x18, 0x28, 0x38
_ABSENT = dict.fromkeys((_CHANNELS, _HEIGHT, _WIDTH, _LABEL, _ENCODED), 0)
_DATA, _FLOATS_PACKED, _FLOAT = 0x22, 0x32, 0x35
_LONGER, _NEGATIVE = 0x80, 1 << 31  # bytes of a number that has more of them; numbers that mean a negative one
_NOTHING = memoryview(b"")
_FLOAT_RUN = re.compile(rb"(?:\x35.{4})+", re.DOTALL)


class Datum(NamedTuple):
    """One record: pixels, an encoded image, or floats.

    ``data`` is uint8 C×H×W, or with ``encoded`` the bytes of an image file; ``float_data`` (float32, little-endian,
    C×H×W) holds the values where ``data`` is empty. Encoded records usually leave the three lengths at 0.
    """

    channels: int
    height: int
    width: int
    data: memoryview
    label: int
    float_data: bytes
    encoded: bool


def parse_datum(record: bytes | memoryview) -> Datum:
    """Read the bytes of one Datum message; ``data`` of the result is a view of them, not a copy.

    Raises: DataError where the bytes end too early or are no Datum.
    """
    view = memoryview(record)
    try:
        return _parse(view)
    except IndexError:
        raise DataError(f"the record of {len(view)} bytes ends in the middle of a field of its Datum") from None


def _parse(view: memoryview) -> Datum:
    numbers = _ABSENT.copy()
    data, floats = _NOTHING, b""
    position, end = 0, len(view)
    while position < end:
        tag, start = view[position], position + 1  # short numbers are read here: this runs for each record
        if tag >= _LONGER:
            tag, start = read_varint(view, position)
        if tag in numbers:
            value, position = view[start], start + 1
            if value >= _LONGER:
                value, position = read_varint(view, start)
            numbers[tag] = value if value < _NEGATIVE else signed32(value)
        elif tag == _DATA:
            data, position = _block(view, start)
        elif tag == _FLOAT:
            run, position = _float_run(view, position)
            floats += run
        elif tag == _FLOATS_PACKED:
            packed, position = _block(view, start)
            floats += packed
        else:
            position = skip_field(view, tag, start)
    channels, height, width, label, encoded = numbers.values()
    return Datum(channels, height, width, data, label, floats, bool(encoded))


def _block(view: memoryview, position: int) -> tuple[memoryview, int]:
    """Return the bytes of a length-delimited field and the position behind them."""
    length, start = read_varint(view, position)
    end = start + length
    if end > len(view):
        found = len(view) - start
        raise DataError(f"a field of the Datum announces {length} bytes, but the record ends after {found} of them")
    return view[start:end], end


def _float_run(view: memoryview, position: int) -> tuple[bytes, int]:
    """Return the values of the unpacked floats that follow one another from ``position``, and where they end."""
    match = _FLOAT_RUN.match(view, position)
    if not match:
        raise IndexError
    tagged = match[0]
    values = bytearray(len(tagged) // 5 * 4)
    for byte in range(4):
        values[byte::4] = tagged[byte + 1 :: 5]
    return bytes(values), match.end()


def write_datum(
    *,
    channels: int | None = None,
    height: int | None = None,
    width: int | None = None,
    data: bytes | None = None,
    label: int | None = None,
    float_data: bytes = b"",
    encoded: bool | None = None,
) -> bytes:
    """Return the message's bytes, the same that protobuf writes; what is None is left out.

    ``float_data`` holds float32 values, little-endian.
    """
    parts = [
        _number(_CHANNELS, channels),
        _number(_HEIGHT, height),
        _number(_WIDTH, width),
        b"" if data is None else bytes((_DATA,)) + write_int32(len(data)) + data,
        _number(_LABEL, label),
        _tagged_floats(float_data),
        _number(_ENCODED, encoded),
    ]
    return b"".join(parts)


def _number(tag: int, value: int | None) -> bytes:
    return b"" if value is None else bytes((tag,)) + write_int32(value)


def _tagged_floats(values: bytes) -> bytes:
    count = len(values) // 4
    tagged = bytearray(bytes((_FLOAT,)) * (5 * count))
    for byte in range(4):
        tagged[byte + 1 :: 5] = values[byte::4]
    return bytes(tagged)
