"""BlobProto files (binaryproto)."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.message import DecodeError

from netdef.errors import DataError
from netdef.schema import weights_pb2
from netdef.weights.one_piece import in_one_piece
from netdef.weights.recognise import recognise
from netdef.weights.whole import read_whole


def read_blob(path: str | Path) -> weights_pb2.BlobProto:
    """Read a binaryproto file.

    Raises: DataError if it is not there or no BlobProto.
    """
    content = read_whole(path, DataError)
    try:
        return in_one_piece(content)
    except DecodeError:
        raise DataError(recognise(content).instead_of(path, "a mean file (a BlobProto)")) from None
