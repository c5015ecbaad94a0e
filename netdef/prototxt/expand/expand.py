"""Abbreviated trees to plain ones: files included, blocks and repeats written out."""

from __future__ import annotations

from dataclasses import dataclass

from netdef.errors import Problem
from netdef.prototxt.expand.words import is_abbreviated
from netdef.prototxt.parse import in_file_order
from netdef.prototxt.tree import Message


@dataclass(frozen=True, slots=True)
class Expanded:
    """A tree without abbreviations, and all that was wrong with them, in file order."""

    tree: Message
    problems: tuple[Problem, ...] = ()


def expand(tree: Message, file: str) -> Expanded:
    """Write a file's abbreviations out in full; ``file`` says where the files are that it includes.

    A tree without abbreviations comes back as it is. What cannot be written out is left out and reported. The place of
    each field is the line that its author wrote, by way of the lines that use it.
    """
    if not is_abbreviated(tree):
        return Expanded(tree)
    from netdef.prototxt.expand.steps import write_out  # slow to import, and most files have no abbreviations

    problems: list[Problem] = []
    written = write_out(tree, file, problems)
    return Expanded(written, in_file_order(problems))
