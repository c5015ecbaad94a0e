"""Messages of large files, read with their arrays apart: each goes from the file to its own memory, and nowhere else.

Where a message would hold the values of an array, it holds their place among the arrays. Gradients are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Generic, NamedTuple, TypeVar, cast

import numpy as np
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from numpy.typing import NDArray

from netdef.errors import NetdefError
from netdef.schema import weights_pb2
from netdef.schema.wire import FIXED32, FIXED64, LENGTH_DELIMITED, VARINT, Piece, field, varint
from netdef.weights.one_piece import in_one_piece
from netdef.weights.whole import explained

M = TypeVar("M", bound=Message)
Bytes = NDArray[np.uint8]
VALUES = ("data", "double_data", "raw_data")
_PLACE_BYTES = 4
_BLOB = cast(Descriptor, weights_pb2.BlobProto.DESCRIPTOR)
_LENGTHS = {FIXED32: 4, FIXED64: 8, 3: 0, 4: 0}
"""What other fields than varints and those with a length hold, in bytes; groups have a tag at each end."""


class _NotInOnePiece(Exception):
    """The numbers of a blob have a tag each, or come in several pieces."""


class Apart(NamedTuple, Generic[M]):
    """A message, and the arrays for which it holds places."""

    message: M
    arrays: Sequence[Bytes]


def read_apart(path: str | Path, kind: type[M], error: type[NetdefError]) -> Apart[M]:
    """Read a file that holds a message.

    Raises: ``error`` if it cannot be read; DecodeError if it is no such message.
    """
    with explained(Path(path), error), Path(path).open("rb") as file:
        return decode_apart(file, kind, Path(path).stat().st_size)


def decode_apart(stream: BinaryIO, kind: type[M], size: int) -> Apart[M]:
    """Read a message of so many bytes.

    Raises: DecodeError.
    """
    arrays: list[Bytes] = []
    small = b"".join(_pieces(stream, size, cast(Descriptor, kind.DESCRIPTOR), arrays))
    return Apart(kind.FromString(small), arrays)


def values_of(held: bytes, arrays: Sequence[Bytes]) -> bytes | Bytes:
    """Return the values for which a message holds ``held``: their place, or in a message read whole themselves."""
    return arrays[int.from_bytes(held, "little")] if arrays else held


def _pieces(stream: BinaryIO, end: int, kind: Descriptor, arrays: list[Bytes]) -> Iterator[Piece]:
    while stream.tell() < end:
        tag = _read_varint(stream)
        if tag < 8:  # no field has the number 0
            raise DecodeError("no message")
        if tag & 7 == LENGTH_DELIMITED:
            length = _read_varint(stream)
            if stream.tell() + length > end:
                raise DecodeError("a field is longer than what it is in")
            yield from field(tag >> 3, _content(stream, length, kind.fields_by_number.get(tag >> 3), arrays))
        elif tag & 7 == VARINT:
            yield varint(tag) + varint(_read_varint(stream))
        elif kind is _BLOB and tag >> 3 in _BLOB.fields_by_number:
            raise _NotInOnePiece
        elif tag & 7 in _LENGTHS:
            yield varint(tag) + stream.read(_LENGTHS[tag & 7])
        else:
            raise DecodeError("no kind of field")


def _content(stream: BinaryIO, length: int, known: FieldDescriptor | None, arrays: list[Bytes]) -> Iterator[Piece]:
    """Go through what a field of a known or unknown kind holds, without arrays."""
    if known is not None and known.message_type is _BLOB:
        yield from _blob(stream, length, arrays)
    elif known is not None and known.message_type is not None:
        yield from _pieces(stream, stream.tell() + length, known.message_type, arrays)
    elif known is None or known.type != FieldDescriptor.TYPE_BYTES:
        yield stream.read(length)
    elif known.name in VALUES:
        yield _place(_array(stream, length), arrays)
    else:
        stream.seek(length, 1)


def _blob(stream: BinaryIO, length: int, arrays: list[Bytes]) -> Sequence[Piece]:
    """Read a blob; protobuf gathers its numbers where they are not in one piece."""
    start, count = stream.tell(), len(arrays)
    try:
        pieces = list(_pieces(stream, start + length, _BLOB, arrays))
        if len(arrays) <= count + 1:
            return pieces
    except _NotInOnePiece:
        pass
    del arrays[count:]
    stream.seek(start)
    return [_gathered(stream.read(length), arrays)]


def _gathered(content: bytes, arrays: list[Bytes]) -> bytes:
    blob = in_one_piece(content)
    for name in VALUES:
        if blob.HasField(name):
            setattr(blob, name, _place(np.frombuffer(bytearray(getattr(blob, name)), np.uint8), arrays))
    return blob.SerializeToString()


def _place(array: Bytes, arrays: list[Bytes]) -> bytes:
    """Put an array behind the others, and return what stands for it."""
    arrays.append(array)
    return (len(arrays) - 1).to_bytes(_PLACE_BYTES, "little")


def _array(stream: BinaryIO, length: int) -> Bytes:
    array = np.empty(length, np.uint8)
    stream.readinto(array)  # type: ignore[attr-defined]
    return array


def _read_varint(stream: BinaryIO) -> int:
    value = shift = 0
    while (byte := stream.read(1)) and byte[0] >= 0x80:
        value |= (byte[0] & 0x7F) << shift
        shift += 7
    if not byte or shift > 63:
        raise DecodeError("a number has no end")
    return value | byte[0] << shift
