"""Write a net, a solver or a .caffemodel of any age in today's form."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from netdef.cli.whole_file import write_whole
from netdef.errors import UsageError, WeightsError
from netdef.prototxt.expand import is_abbreviated
from netdef.prototxt.load import read_text
from netdef.prototxt.parse import parse
from netdef.schema import netdef_pb2 as schema
from netdef.schema.kind import FileKind, kind_of
from netdef.schema.load import load_net, load_solver
from netdef.schema.rewrite import rewrite
from netdef.schema.upgrade import upgrade_net
from netdef.weights.recognise import HDF5_SIGNATURE, recognise
from netdef.weights.whole import read_whole

NOT_IN_TEXT = bytes(set(range(32)) - set(b"\t\n\v\f\r"))
ALREADY = ("is in today's form already",)
_EXPAND_FIRST = "netdef expand writes its net out in full, and that can be upgraded"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")  # such a file is text, if not in the right encoding


@dataclass(frozen=True)
class Today:
    """A file's content in today's form, and what to tell the user."""

    content: bytes
    remarks: tuple[str, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("old", metavar="IN", help="a prototxt, or a .caffemodel in binary form")
    parser.add_argument("new", metavar="OUT", help="where to write it; may be IN itself")
    parser.epilog = "Text keeps its order and comments. A file that cannot be read in full is not written at all."


def run(arguments: argparse.Namespace) -> int:
    """Read IN and write OUT.

    Raises: DefinitionError or WeightsError if IN has errors; UsageError if it is not there, or OUT cannot be written.
    """
    data = read_whole(arguments.old, UsageError)
    today = _binary(arguments.old, data) if _is_binary(data) else _text(arguments.old, data)
    write_whole(arguments.new, today.content)
    for remark in today.remarks or ("written in today's form",):
        print(f"{arguments.old}: {remark}", file=sys.stderr)
    return 0


def _is_binary(data: bytes) -> bool:
    start = data[:4096]
    return start.translate(None, NOT_IN_TEXT) != start and not start.startswith(UTF16_MARKS)


def _text(file: str, data: bytes) -> Today:
    kind = kind_of(file)
    loaded = load_solver(file) if kind is FileKind.SOLVER else load_net(file)
    is_old = loaded.message is not loaded.bound.message
    tree = parse(read_text(file), file)
    if kind is FileKind.BLOCKS or (is_old and is_abbreviated(tree)):
        raise UsageError(f"{file} is abbreviated: {_EXPAND_FIRST}")
    if not is_old:
        return Today(data, ALREADY)
    rewritten = rewrite(loaded, tree)
    lost = tuple(f"a comment has no place in today's form: {comment}" for comment in rewritten.lost)
    return Today(rewritten.text.encode(errors="surrogateescape"), (*map(_done, loaded.notices), *lost))


def _binary(file: str, data: bytes) -> Today:
    """Bring a binary net to today's form.

    Raises: WeightsError if it is something else.
    """
    if data.startswith(HDF5_SIGNATURE):
        raise WeightsError(f"{file} is an HDF5 file, of which there is no old form\n    it can be read as it is")
    try:
        net = schema.NetParameter.FromString(data)
    except DecodeError:
        net = schema.NetParameter()
    if not net.layer and not net.layers:
        raise WeightsError(recognise(data).instead_of(file, "a net or a solver"))
    upgraded = upgrade_net(net)
    if upgraded.message is net:
        return Today(data, ALREADY)
    return Today(upgraded.message.SerializeToString(), tuple(map(_done, upgraded.notices)))


def _done(notice: str) -> str:
    """Say of old forms that were found what became of them."""
    return notice.split(";")[0].replace("read as today's", "written as today's")
