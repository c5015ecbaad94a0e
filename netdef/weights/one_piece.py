"""Blobs whose numbers may have a tag each, or come in several pieces, read so that each array is one."""

from __future__ import annotations

from netdef.schema import netdef_pb2 as schema
from netdef.schema import weights_pb2


def in_one_piece(content: bytes) -> weights_pb2.BlobProto:
    """Return the blob that a BlobProto's bytes hold.

    The full schema, which declares its arrays as what they are, gathers all numbers; it writes them packed.

    Raises: DecodeError.
    """
    return weights_pb2.BlobProto.FromString(schema.BlobProto.FromString(content).SerializeToString())
