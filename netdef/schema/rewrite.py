"""A file in today's form, as text: what did not change stays as its author wrote it, comments included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.text_format import MessageToString

from netdef.errors import Place
from netdef.prototxt.parse import parse
from netdef.prototxt.same import meaning
from netdef.prototxt.tree import Field, ListValue, Message, elements
from netdef.prototxt.write import write
from netdef.schema.bind.fields import rules_of
from netdef.schema.load import Loaded
from netdef.schema.upgrade import Path

Rank = tuple[int, int]  # line and column
FIRST: Rank = (0, 0)


@dataclass(frozen=True)
class Rewritten:
    """The new text, and the comments of the old one that have no place in it."""

    text: str
    lost: tuple[str, ...]


def rewrite(loaded: Loaded[Any], original: Message) -> Rewritten:
    """Write a file's message in today's form; ``original`` is the file's own tree.

    Fields stand in the file's order; each keeps its comments, and its spelling where it means the same as before.
    """
    today = parse(MessageToString(loaded.message, as_utf8=True), loaded.file)
    rewriting = _Rewriting(loaded, original)
    rewriting.take_over(today, original, loaded.message.DESCRIPTOR, ())
    return Rewritten(write(today), tuple(rewriting.lost()))


class _Rewriting:
    """One rewriting; ``left`` holds the fields of the old tree, by place, whose comments have not been taken over."""

    def __init__(self, loaded: Loaded[Any], original: Message) -> None:
        self.loaded = loaded
        self.written = {field.place: field for field in _fields(original)}
        self.left = dict(self.written)

    def take_over(self, new: Message, old: Message | None, descriptor: Descriptor, path: Path) -> None:
        """Give a new block the order, comments and spelling of the old one, if there is one."""
        ranks: list[Rank] = []
        for field, here in _with_paths(new, descriptor, path):
            place = self.loaded.bound.places.get(self.loaded.upgraded.original(here))
            ranks.append(_rank(place, old) or (ranks[-1] if ranks else FIRST))
            if place in self.left:
                before = self.left.pop(place)
                field.above, field.behind = before.above, before.behind
            self._take_value(
                field, self.written.get(place) if place else None, rules_of(descriptor)[field.name].block, here
            )
        if old:
            new.behind_brace, new.below = old.behind_brace, old.below
            new.fields = _sorted(new.fields, ranks)
        if old.on_one_line if old else _is_flat(new):
            new.end = new.place

    def _take_value(self, field: Field, before: Field | None, descriptor: Descriptor | None, here: Path) -> None:
        old = before.value if before else None
        if old and not isinstance(old, ListValue) and meaning(old) == meaning(elements(field.value)[0]):
            field.value = old
            for inner in _fields(old) if isinstance(old, Message) else ():
                self.left.pop(inner.place, None)
        elif isinstance(field.value, Message) and descriptor:
            self.take_over(field.value, old if isinstance(old, Message) else None, descriptor, here)

    def lost(self) -> Iterator[str]:
        """Go through the comments that no field of the new tree has."""
        for field in self.left.values():
            below = [field.value.behind_brace, *field.value.below] if isinstance(field.value, Message) else []
            yield from filter(None, (*field.above, field.behind, *below))


def _fields(block: Message) -> Iterator[Field]:
    """Go through all fields of a block, however deep."""
    for field in block.fields:
        yield field
        for value in elements(field.value):
            if isinstance(value, Message):
                yield from _fields(value)


def _is_flat(block: Message) -> bool:
    return not any(isinstance(field.value, Message) for field in block.fields)


def _with_paths(block: Message, descriptor: Descriptor, path: Path) -> Iterator[tuple[Field, Path]]:
    counts: dict[str, int] = {}
    for field in block.fields:
        number = counts[field.name] = counts.get(field.name, -1) + 1
        repeated = rules_of(descriptor)[field.name].repeated
        yield field, (*path, field.name, number) if repeated else (*path, field.name)


def _rank(place: Place | None, old: Message | None) -> Rank | None:
    """Return where a field stood in the old block, None if it was not in there, or in no order worth keeping."""
    if place is None or old is None or _is_v0_layer(old):
        return None
    start, here, end = ((at.line, at.column) for at in (old.place, place, old.end))
    return here if start <= here <= end else None


def _is_v0_layer(block: Message) -> bool:
    """Tell whether this is ``layers { layer { … } bottom: … top: … }``, where the wiring stands behind the options."""
    return any(isinstance(field.value, Message) and field.value.named("type") for field in block.named("layer"))


def _sorted(fields: list[Field], ranks: list[Rank]) -> list[Field]:
    """Sort fields by rank; those of one name keep their order among themselves."""
    latest: dict[str, Rank] = {}
    keys = []
    for position, (field, rank) in enumerate(zip(fields, ranks, strict=True)):
        latest[field.name] = max(rank, latest.get(field.name, rank))
        keys.append((latest[field.name], position))
    return [fields[position] for _, position in sorted(keys)]
