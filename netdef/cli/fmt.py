"""Lay out prototxt files in one style, comments kept."""

from __future__ import annotations

import argparse
import difflib
import io
import sys
from dataclasses import dataclass

from netdef.cli.whole_file import write_whole
from netdef.errors import DefinitionError
from netdef.prototxt.load import read_text, text_of
from netdef.prototxt.parse import parse
from netdef.prototxt.write import write

STDIN = "-"


@dataclass(frozen=True)
class Layout:
    """A file's text as it is, and as it should be."""

    file: str
    before: str
    after: str

    @property
    def changes(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after

    def difference(self) -> str:
        """Return a unified diff."""
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        lines = difflib.unified_diff(before, after, self.file, self.file)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("files", nargs="+", metavar="F", help="a prototxt file, rewritten in place; - reads and prints")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="name the files that would change, and exit with 1")
    mode.add_argument("--diff", action="store_true", help="print what would change, and exit with 1")
    parser.epilog = "A file with syntax errors is left as it is; its errors are printed, and the exit code is 1."


def run(arguments: argparse.Namespace) -> int:
    """Lay out all files; return 1 if one has errors, or would change where nothing is to be written."""
    _let_foreign_bytes_pass()
    codes = [_lay_out(file, arguments) for file in arguments.files]
    return max(codes)


def _lay_out(file: str, arguments: argparse.Namespace) -> int:
    try:
        layout = layout_of(file)
    except DefinitionError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.check or arguments.diff:
        return _show(layout, arguments.diff)
    if file == STDIN:
        sys.stdout.write(layout.after)
    elif layout.changes:
        write_whole(file, layout.after.encode(errors="surrogateescape"))
        print(f"{file}: laid out anew")
    return 0


def layout_of(file: str) -> Layout:
    """Read a file and lay it out.

    Raises: DefinitionError if it is no text, or has syntax errors.
    """
    name = "<stdin>" if file == STDIN else file
    text = text_of(name, sys.stdin.read().encode(errors="surrogateescape")) if file == STDIN else read_text(file)
    return Layout(name, text, write(parse(text, name)))


def _let_foreign_bytes_pass() -> None:
    """Let comments that are no UTF-8 come in and go out as they are."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape")


def _show(layout: Layout, difference: bool) -> int:
    if layout.changes:
        print(layout.difference() if difference else layout.file, end="" if difference else "\n")
    return int(layout.changes)
