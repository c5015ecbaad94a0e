"""Write a net's abbreviations (include, block, use, repeat) out in full."""

from __future__ import annotations

import argparse
import sys

from netdef.cli.whole_file import write_whole
from netdef.errors import DefinitionError, Severity
from netdef.prototxt.expand import expand, is_abbreviated, told_once
from netdef.prototxt.load import read_text
from netdef.prototxt.parse import parse
from netdef.prototxt.write import write
from netdef.schema.kind import FileKind, kind_of
from netdef.schema.load import load_net, load_solver

STDOUT = "-"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("old", metavar="IN", help="a net, or a solver")
    parser.add_argument("new", metavar="OUT", help="where to write it; - prints it")
    parser.add_argument(
        "--for-caffe", action="store_true", help="leave out what is netdef's own, so that Caffe reads the file"
    )
    parser.epilog = (
        "Comments stay where the layers stay; those of blocks and repeats are left out. A file without abbreviations is"
        " copied. A file with errors is not written at all."
    )


def run(arguments: argparse.Namespace) -> int:
    """Read IN and write OUT.

    Raises: DefinitionError if IN has errors, or is for Caffe and has what Caffe has no words for; UsageError if OUT
    cannot be written.
    """
    text = _plain(arguments.old) if arguments.for_caffe else _expanded(arguments.old)
    if arguments.new == STDOUT:
        sys.stdout.write(text)
    else:
        write_whole(arguments.new, text.encode(errors="surrogateescape"))
    return 0


def _expanded(file: str) -> str:
    """Return a file's text without abbreviations, and print warnings.

    Raises: DefinitionError if it has errors.
    """
    text = read_text(file)
    tree = parse(text, file)
    if not is_abbreviated(tree):
        return text
    expanded = expand(tree, file)
    problems = told_once(expanded.problems)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise DefinitionError(problems)
    for problem in problems:
        print(problem, file=sys.stderr)
    return write(expanded.tree)


def _plain(file: str) -> str:
    """Return a file's text without abbreviations and without netdef's own fields, and print which these were.

    Raises: DefinitionError if it has errors, or has fields that change numbers and that Caffe has no words for.
    """
    from netdef.cli.for_caffe import for_caffe

    loaded = load_solver(file) if kind_of(file) is FileKind.SOLVER else load_net(file)
    tree = parse(_expanded(file), file)
    dropped = for_caffe(tree, loaded.bound.message)
    for name, times in sorted(dropped.items()):
        print(f"{file}: left out {name} ({times} {'time' if times == 1 else 'times'})", file=sys.stderr)
    return write(tree)
