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

STDOUT = "-"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("old", metavar="IN", help="a net, or a solver")
    parser.add_argument("new", metavar="OUT", help="where to write it; - prints it")
    parser.epilog = (
        "Comments stay where the layers stay; those of blocks and repeats are left out. A file without abbreviations is"
        " copied. A file with errors is not written at all."
    )


def run(arguments: argparse.Namespace) -> int:
    """Read IN and write OUT.

    Raises: DefinitionError if IN has errors; UsageError if OUT cannot be written.
    """
    text = _expanded(arguments.old)
    if arguments.new == STDOUT:
        sys.stdout.write(text)
    else:
        write_whole(arguments.new, text.encode())
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
