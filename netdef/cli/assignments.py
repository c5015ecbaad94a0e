"""``--set solver.base_lr=0.001 --set net.layer[ip1].inner_product_param.num_output=64``: fields set by flags."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial

from google.protobuf.message import Message

from netdef.errors import UsageError
from netdef.prototxt.edit import assign
from netdef.prototxt.tree import Message as Tree
from netdef.schema import netdef_pb2 as schema
from netdef.schema.bind.fields import holds_text
from netdef.schema.load import Edit

FILES = {"solver": schema.SolverParameter, "net": schema.NetParameter}


def add_set_flag(parser: argparse.ArgumentParser) -> None:
    """Add ``--set``."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="set a field: solver.base_lr=0.001, net.layer[conv1].convolution_param.num_output=64; may be repeated",
    )


def edits(assignments: Sequence[str]) -> dict[str, Edit]:
    """Return the edits of the ``solver`` and of the ``net`` that ``--set`` asks for.

    Raises: UsageError for an assignment without ``=``, or to something else.
    """
    split = [_split(assignment) for assignment in assignments]
    return {
        file: partial(_apply, [(path, value) for where, path, value in split if where == file], kind)
        for file, kind in FILES.items()
    }


def _split(assignment: str) -> tuple[str, str, str]:
    target, equals, value = assignment.partition("=")
    file, dot, path = target.strip().partition(".")
    if not equals or not dot or file not in FILES:
        raise UsageError(f"--set {assignment}: must be solver.FIELD=VALUE or net.FIELD=VALUE")
    return file, path, value.strip()


def _apply(assignments: Sequence[tuple[str, str]], kind: type[Message], tree: Tree) -> None:
    for path, value in assignments:
        assign(tree, path, value, partial(holds_text, kind))
