"""What kind of file a prototxt is, told by its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from os import PathLike, fspath

from netdef.prototxt.expand import expand
from netdef.prototxt.expand.words import BLOCK, INCLUDE, REPEAT, USE
from netdef.prototxt.load import read_text
from netdef.prototxt.parse import parse_on
from netdef.schema import netdef_pb2 as schema

# A glance is enough here, and takes a tenth of the time of parsing: comments, strings, braces, words.
_PIECE = re.compile(
    r"""\#[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | (?P<brace>[{}<>]) | (?P<word>[A-Za-z_]\w*)""", re.X
)


class FileKind(Enum):
    """The kinds of prototxt files."""

    NET = "net"
    SOLVER = "solver"
    BLOCKS = "blocks"  # which nets include and use


def kind_of(path: str | PathLike[str]) -> FileKind:
    """Tell whether a file is a net or a solver: by which message knows more of its fields; an empty one is a net.

    A file that defines blocks and has nothing of either is one of blocks; one that only includes others is what these
    make it.

    Raises: DefinitionError if it is no text.
    """
    text = read_text(path)
    words = list(_outermost_words(text))
    if set(words) == {INCLUDE}:
        file = fspath(path)
        words = [field.name for field in expand(parse_on(text, file).tree, file).tree.fields]
    net = sum(word in schema.NetParameter.DESCRIPTOR.fields_by_name or word in (USE, REPEAT) for word in words)
    solver = sum(word in schema.SolverParameter.DESCRIPTOR.fields_by_name for word in words)
    if BLOCK in words and not net and not solver:
        return FileKind.BLOCKS
    return FileKind.SOLVER if solver > net else FileKind.NET


def _outermost_words(text: str) -> Iterator[str]:
    """Go through the words that stand in no block."""
    depth = 0
    for piece in _PIECE.finditer(text):
        if piece["brace"]:
            depth += 1 if piece["brace"] in "{<" else -1
        elif piece["word"] and depth == 0:
            yield piece["word"]
