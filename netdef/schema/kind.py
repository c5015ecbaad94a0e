"""What kind of file a prototxt is, told by its fields."""

from __future__ import annotations

from enum import Enum
from os import PathLike, fspath

from netdef.prototxt.load import read_text
from netdef.prototxt.parse import parse_on
from netdef.schema import netdef_pb2 as schema


class FileKind(Enum):
    """The kinds of prototxt files."""

    NET = "net"
    SOLVER = "solver"


def kind_of(path: str | PathLike[str]) -> FileKind:
    """Tell whether a file is a net or a solver: by which message knows more of its fields; an empty one is a net.

    Raises: DefinitionError if it is no text.
    """
    names = [field.name for field in parse_on(read_text(path), fspath(path)).tree.fields]
    net = sum(name in schema.NetParameter.DESCRIPTOR.fields_by_name for name in names)
    solver = sum(name in schema.SolverParameter.DESCRIPTOR.fields_by_name for name in names)
    return FileKind.SOLVER if solver > net else FileKind.NET
