"""Arrays in BlobProto messages, in all the ways in which Caffe and its forks have written them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from netdef.layers.shape import show
from netdef.schema import weights_pb2
from netdef.schema.blob_shape import blob_shape
from netdef.schema.wire import Piece, field
from netdef.weights.apart import Bytes, values_of
from netdef.weights.contents import Array

_RAW_TYPES = {
    weights_pb2.BlobProto.DOUBLE: "<f8",
    weights_pb2.BlobProto.FLOAT: "<f4",
    weights_pb2.BlobProto.FLOAT16: "<f2",
    weights_pb2.BlobProto.INT: "<i4",
    weights_pb2.BlobProto.UINT: "<u4",
    weights_pb2.BlobProto.BOOL: "?",
}


def array_of(blob: weights_pb2.BlobProto, arrays: Sequence[Bytes] = ()) -> Array:
    """Return the values of a blob in its shape, in the type in which they are stored.

    ``arrays`` are those of a message that was read apart from them; without, the blob must be ``in_one_piece``.

    Raises: ValueError if their number is not that of the shape.
    """
    shape, values = blob_shape(blob), _values(blob, arrays)
    if values.size != math.prod(shape):
        raise ValueError(f"the shape {show(shape)} asks for {math.prod(shape)} values, found {values.size}")
    return values.reshape(shape)


def encode_blob(array: Array, diff: Array | None = None) -> list[Piece]:
    """Return the message of an array's values (and gradients): float64 as such, all else as float32."""
    double = array.dtype == np.float64
    pieces = field(_field_number("double_data" if double else "data"), [_bytes(array)])
    if diff is not None:
        pieces += field(_field_number("double_diff" if double else "diff"), [_bytes(diff)])
    shape = weights_pb2.BlobProto(shape=weights_pb2.BlobShape(dim=array.shape))
    return [*pieces, shape.SerializeToString()]


def _field_number(name: str) -> int:
    return weights_pb2.BlobProto.DESCRIPTOR.fields_by_name[name].number


def _bytes(array: Array) -> memoryview:
    stored = "<f8" if array.dtype == np.float64 else "<f4"
    return np.ascontiguousarray(array, stored).reshape(-1).view(np.uint8).data


def blob_of(array: Array) -> weights_pb2.BlobProto:
    """Return a blob of the array's values."""
    return weights_pb2.BlobProto.FromString(b"".join(encode_blob(array)))


def _values(blob: weights_pb2.BlobProto, arrays: Sequence[Bytes]) -> Array:
    if blob.HasField("raw_data"):
        return np.frombuffer(values_of(blob.raw_data, arrays), _RAW_TYPES[blob.raw_data_type])
    if blob.HasField("double_data"):
        return np.frombuffer(values_of(blob.double_data, arrays), "<f8")
    if blob.HasField("data"):
        return np.frombuffer(values_of(blob.data, arrays), "<f4")
    return np.zeros(0, np.float32)
