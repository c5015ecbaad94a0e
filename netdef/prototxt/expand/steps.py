"""The steps from an abbreviated tree to a plain one: gather files, read blocks, check names, write out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from netdef.errors import Problem
from netdef.prototxt.expand.forms import Block, Part, Repeat, Use
from netdef.prototxt.expand.gather import Gatherer
from netdef.prototxt.expand.names import NameCheck
from netdef.prototxt.expand.reading import Reader
from netdef.prototxt.expand.recursion import recursions
from netdef.prototxt.expand.words import BLOCK, is_include
from netdef.prototxt.expand.writing import Writer, comments_of
from netdef.prototxt.tree import Field, Message


def write_out(tree: Message, file: str, problems: list[Problem]) -> Message:
    """Return a tree without abbreviations; what is wrong with them goes into ``problems``."""
    fields = list(Gatherer(problems).fields(tree, Path(file)))
    has_all_files = not problems
    blocks = _blocks(fields, problems)
    parts = list(_parts(fields, Reader(problems)))
    _check_names(parts, NameCheck(blocks, has_all_files, problems))
    problems += recursions(blocks)
    writer = Writer(blocks, problems)
    writer.write([*parts, tree.below])
    return replace(tree, fields=writer.written, below=writer.waiting)


def _blocks(fields: Iterable[Field], problems: list[Problem]) -> dict[str, Block]:
    """Read the definitions, which count in the whole file, above them and below."""
    reader = Reader(problems)
    blocks: dict[str, Block] = {}
    for block in (reader.block(field) for field in fields if field.name == BLOCK):
        if block and block.name in blocks:
            evidence = (f"first at {blocks[block.name].place}",)
            problems.append(Problem(f'block "{block.name}" is defined twice', block.place, evidence=evidence))
        elif block:
            blocks[block.name] = block
    return blocks


def _parts(fields: Iterable[Field], reader: Reader) -> Iterator[Part]:
    """Go through what stands outside of definitions; of those, only the comments that are not about them."""
    for field in fields:
        if field.name == BLOCK or is_include(field):
            yield () if field.place.via else _general(field)
        elif item := reader.item(field):
            yield item


def _general(field: Field) -> Sequence[str]:
    """Return the comments above a definition but for those that end right above it."""
    if field.name != BLOCK:
        return comments_of(field)
    above = field.above
    while above and above[-1]:
        above = above[:-1]
    return above


def _check_names(parts: Iterable[Part], names: NameCheck) -> None:
    for block in names.blocks.values():
        names.block(block)
    for part in parts:
        if isinstance(part, Use | Repeat):
            names.item(part, ())
