"""BlobProto files (binaryproto) and their shape."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.message import DecodeError

from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema

_OLD_LENGTHS = ("num", "channels", "height", "width")


def read_blob(path: str | Path) -> schema.BlobProto:
    """Read a binaryproto file.

    Raises: DataError if it is not there or no BlobProto.
    """
    try:
        return schema.BlobProto.FromString(Path(path).read_bytes())
    except OSError as error:
        raise DataError(f"{path}: the mean file cannot be read ({error.strerror})") from error
    except DecodeError as error:
        raise DataError(f"{path}: is no BlobProto, as compute_image_mean writes it: {error}") from error


def blob_shape(blob: schema.BlobProto) -> tuple[int, ...]:
    """Return the shape; the four old lengths win wherever one of them is set (blob.cpp)."""
    if any(blob.HasField(name) for name in _OLD_LENGTHS):
        return (blob.num, blob.channels, blob.height, blob.width)
    return tuple(blob.shape.dim)
