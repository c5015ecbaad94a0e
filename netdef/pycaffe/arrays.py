"""Arrays in Caffe's messages, and out of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netdef.data.color_mode import ColorMode
from netdef.data.datum import parse_datum
from netdef.data.decode import decode
from netdef.errors import UsageError
from netdef.schema import netdef_pb2 as schema
from netdef.schema import weights_pb2
from netdef.weights.blob_proto import array_of

DATUM_AXES = 3


class ArrayError(UsageError, ValueError):
    """An array that a message cannot hold."""


def blobproto_to_array(blob: schema.BlobProto, return_diff: bool = False) -> NDArray[Any]:
    """Return the values of a blob in its shape, of any of its forms; with ``return_diff`` its gradients.

    Raises: UsageError if their number is not that of the shape.
    """
    wanted = schema.BlobProto()
    wanted.CopyFrom(blob)
    if return_diff:
        for values, gradients in (("data", "diff"), ("double_data", "double_diff")):
            wanted.ClearField(values)
            getattr(wanted, values).extend(getattr(blob, gradients))
    try:
        return array_of(weights_pb2.BlobProto.FromString(wanted.SerializeToString()))
    except ValueError as error:
        raise ArrayError(str(error)) from None


def array_to_blobproto(arr: ArrayLike, diff: ArrayLike | None = None) -> schema.BlobProto:
    """Return a blob of an array, and of its gradients if there are any."""
    array = np.asarray(arr)
    blob = schema.BlobProto(data=array.astype(np.float64).flat)
    blob.shape.dim.extend(array.shape)
    if diff is not None:
        blob.diff.extend(np.asarray(diff, np.float64).flat)
    return blob


def arraylist_to_blobprotovector_str(arraylist: Iterable[ArrayLike]) -> bytes:
    """Return the bytes of a message that holds several arrays."""
    return schema.BlobProtoVector(blobs=map(array_to_blobproto, arraylist)).SerializeToString()


def blobprotovector_str_to_arraylist(str: bytes) -> list[NDArray[Any]]:
    """Return the arrays of such bytes."""
    return [blobproto_to_array(blob) for blob in schema.BlobProtoVector.FromString(str).blobs]


def array_to_datum(arr: NDArray[Any], label: int | None = None) -> schema.Datum:
    """Return a record of a C×H×W array: uint8 as bytes, all else as floats.

    Raises: ValueError for another number of axes.
    """
    if arr.ndim != DATUM_AXES:
        raise ArrayError(f"the array is of {arr.shape}, must be channels×height×width")
    channels, height, width = arr.shape
    datum = schema.Datum(channels=channels, height=height, width=width)
    if arr.dtype == np.uint8:
        datum.data = arr.tobytes()
    else:
        datum.float_data.extend(arr.astype(np.float64).flat)
    if label is not None:
        datum.label = label
    return datum


def datum_to_array(datum: schema.Datum) -> NDArray[Any]:
    """Return a record's pixels, C×H×W: uint8, or float64 where it holds floats; an encoded image is decoded, to BGR.

    Raises: DataError if it cannot be decoded.
    """
    if not datum.encoded and not datum.data:
        return np.array(datum.float_data, np.float64).reshape(datum.channels, datum.height, datum.width)
    planes = decode(parse_datum(datum.SerializeToString()), ColorMode.NATIVE)
    return np.array(planes.transpose(0, 3, 1, 2).reshape(-1, *planes.shape[1:3]))
