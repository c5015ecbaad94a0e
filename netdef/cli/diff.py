"""Tell what differs between two nets or two solvers, in meaning: layer by layer, field by field."""

from __future__ import annotations

import argparse
import sys

from google.protobuf.message import Message
from google.protobuf.text_format import MessageToString

from netdef.errors import UsageError
from netdef.prototxt import tree
from netdef.prototxt.diff import diff, render
from netdef.prototxt.load import load
from netdef.prototxt.parse import parse
from netdef.schema.kind import FileKind, kind_of
from netdef.schema.load import load_net, load_solver

_A_KIND = {FileKind.NET: "a net", FileKind.SOLVER: "a solver", FileKind.BLOCKS: "a file of blocks"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("before", metavar="A", help="a net or a solver")
    parser.add_argument("after", metavar="B", help="another of the same kind")
    parser.description = "Layers are compared by name. Comments, the order of unlike fields and old forms do not count."
    parser.epilog = (
        "Exit code: 0 if both mean the same, 1 if they differ, or if one cannot be read: then the reason is on standard"
        " error, and nothing on standard output."
    )


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each difference; return 1 if there is any.

    Raises: UsageError for a net and a solver; DefinitionError for a file with errors.
    """
    kinds = [kind_of(file) for file in (arguments.before, arguments.after)]
    if kinds[0] is not kinds[1]:
        found = f"{arguments.before} is {_A_KIND[kinds[0]]}, {arguments.after} {_A_KIND[kinds[1]]}"
        raise UsageError(f"{found}: only two of a kind can be compared")
    before, after = (_today(file, kinds[0]) for file in (arguments.before, arguments.after))
    changes = diff(before, after)
    if not changes:
        print(f"{arguments.before} and {arguments.after} mean the same", file=sys.stderr)
    print(render(changes), end="")
    return int(bool(changes))


def _today(file: str, kind: FileKind) -> tree.Message:
    """Return the syntax tree of a file's message in today's form; of blocks, which mean nothing alone, their own."""
    if kind is FileKind.BLOCKS:
        return load(file)
    message: Message = (load_solver if kind is FileKind.SOLVER else load_net)(file).message
    return parse(MessageToString(message, as_utf8=True), file)
