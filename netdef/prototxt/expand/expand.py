"""Abbreviated trees to plain ones: files included, blocks and repeats written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from netdef.errors import Problem
from netdef.prototxt.expand.forms import Block, Item, Repeat, Use
from netdef.prototxt.expand.gather import Gatherer
from netdef.prototxt.expand.names import NameCheck
from netdef.prototxt.expand.reading import Reader
from netdef.prototxt.expand.recursion import recursions
from netdef.prototxt.expand.words import BLOCK, is_abbreviated, is_include
from netdef.prototxt.expand.writing import Writer
from netdef.prototxt.parse import in_file_order
from netdef.prototxt.tree import Field, Message


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
    problems: list[Problem] = []
    fields = list(Gatherer(problems).fields(tree, Path(file)))
    blocks = _blocks(fields, problems)
    items = list(_items(fields, Reader(problems)))
    _check_names(blocks, items, problems)
    writer = Writer(blocks, problems)
    writer.write(items)
    below = [*writer.waiting, *tree.below]
    return Expanded(replace(tree, fields=writer.written, below=below), in_file_order(problems))


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


def _items(fields: Iterable[Field], reader: Reader) -> Iterator[Item | Sequence[str]]:
    """Go through what stands outside of definitions; of those, only the comments that are not about them."""
    for field in fields:
        if field.name == BLOCK or is_include(field):
            yield () if field.place.via else _general(field)
        elif item := reader.item(field):
            yield item


def _general(field: Field) -> Sequence[str]:
    """Return the comments above a definition but for those that end right above it."""
    above = field.above
    if field.name != BLOCK:
        return [*above, field.behind]
    while above and above[-1]:
        above = above[:-1]
    return above


def _check_names(blocks: Mapping[str, Block], items: Iterable[Item | Sequence[str]], problems: list[Problem]) -> None:
    names = NameCheck(blocks, problems)
    for block in blocks.values():
        names.block(block)
    for item in items:
        if isinstance(item, Use | Repeat):
            names.item(item, ())
    problems += recursions(blocks)
