"""The matrix of an InfogainLoss, as a file holds it."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.message import DecodeError

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema

PATH = ("infogain_loss_param", "source")


def read_matrix(source: Path) -> tuple[float, ...]:
    """Return the numbers of a BlobProto file, row by row.

    Raises: OptionError if the file cannot be read or holds no numbers.
    """
    try:
        blob = schema.BlobProto.FromString(source.read_bytes())
    except FileNotFoundError:
        raise OptionError(f'source: no such file "{source}" (working directory {Path.cwd()})', path=PATH) from None
    except OSError as error:
        raise OptionError(f'source: "{source}" cannot be read ({error.strerror})', path=PATH) from error
    except DecodeError:
        raise OptionError(f'source: "{source}" is no BlobProto file', path=PATH) from None
    return tuple(blob.double_data or blob.data)
