"""The shape of a BlobProto, which files of different ages tell in two ways."""

from __future__ import annotations

from netdef.schema import weights_pb2

_OLD_LENGTHS = ("num", "channels", "height", "width")


def blob_shape(blob: weights_pb2.BlobProto) -> tuple[int, ...]:
    """Return the shape; the four old lengths win wherever one of them is set (blob.cpp)."""
    if any(blob.HasField(name) for name in _OLD_LENGTHS):
        return (blob.num, blob.channels, blob.height, blob.width)
    return tuple(blob.shape.dim)
