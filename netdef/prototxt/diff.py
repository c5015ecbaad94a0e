"""What differs between two trees in meaning: layers by name, fields one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from netdef.errors import Place
from netdef.prototxt.layers import LAYER_FIELDS, Layer, titled
from netdef.prototxt.moves import moved
from netdef.prototxt.same import compact, grouped, meaning
from netdef.prototxt.tree import Message, Scalar

Element = Scalar | Message

_IN_LAYER = " "  # stands between a layer's title and its fields, where dots stand elsewhere


class Difference(StrEnum):
    """The ways in which something can differ."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    ``where`` names the layer or field, as ``layer "conv1" convolution_param.num_output``; ``before`` and ``after`` are
    its values, or for a moved layer the layers that it follows. A layer added or removed has no values.
    """

    kind: Difference
    where: str
    before: str = ""
    after: str = ""
    place_before: Place | None = None
    place_after: Place | None = None

    def __str__(self) -> str:
        if self.kind is Difference.CHANGED:
            return f"{self.where}: {self.before} -> {self.after}"
        if self.kind is Difference.MOVED:
            return f"{self.where} moved: {self.before} -> {self.after}"
        value = self.after or self.before
        return f"{self.where} {self.kind}" + (f": {value}" if value else "")


def diff(before: Message, after: Message) -> list[Change]:
    """Return all differences in meaning; comments, spelling and the order of unlike fields do not count."""
    return list(_blocks(before, after, ""))


def render(changes: Iterable[Change]) -> str:
    """Return the changes as text, one a line."""
    return "".join(f"{change}\n" for change in changes)


def _blocks(before: Message, after: Message, where: str) -> Iterator[Change]:
    old, new = grouped(before), grouped(after)
    for name in {**old, **new}:
        sides = old.get(name, []), new.get(name, [])
        if name in LAYER_FIELDS and not where.endswith(_IN_LAYER) and _are_blocks(*sides):
            yield from _layers(_only_blocks(sides[0]), _only_blocks(sides[1]), where)
        else:
            yield from _values(*sides, where + name)


def _only_blocks(values: Sequence[Element]) -> list[Message]:
    return [value for value in values if isinstance(value, Message)]


def _are_blocks(*sides: Sequence[Element]) -> bool:
    return all(len(_only_blocks(side)) == len(side) for side in sides)


def _values(before: Sequence[Element], after: Sequence[Element], where: str) -> Iterator[Change]:
    if list(map(meaning, before)) == list(map(meaning, after)):
        return
    if not _are_blocks(before, after):
        yield _change(before, after, where)
        return
    numbered = max(len(before), len(after)) > 1
    for number in range(max(len(before), len(after))):
        here = f"{where}[{number}]" if numbered else where
        old, new = before[number : number + 1], after[number : number + 1]
        if old and new and isinstance(old[0], Message) and isinstance(new[0], Message):
            yield from _blocks(old[0], new[0], f"{here}.")
        else:
            yield _change(old, new, here)


def _change(before: Sequence[Element], after: Sequence[Element], where: str) -> Change:
    kind = Difference.CHANGED if before and after else Difference.ADDED if after else Difference.REMOVED
    places = [side[0].place if side else None for side in (before, after)]
    return Change(kind, where, _shown(before), _shown(after), *places)


def _shown(values: Sequence[Element]) -> str:
    texts = [compact(value) for value in values]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" if texts else ""


def _layers(before: Sequence[Message], after: Sequence[Message], where: str) -> Iterator[Change]:
    old, new = titled(before, after)
    old_places, new_places = _places(old), _places(new)
    for layer in old:
        if layer.title not in new_places:
            yield Change(Difference.REMOVED, where + layer.described, place_before=layer.block.place)
    displaced = moved([new_places[title] for title in old_places if title in new_places])
    for at, layer in enumerate(new):
        old_at = old_places.get(layer.title)
        if old_at is None:
            yield Change(Difference.ADDED, where + layer.described, place_after=layer.block.place)
            continue
        if at in displaced:
            yield _move(old, old_at, new, at, where)
        yield from _blocks(old[old_at].block, layer.block, where + layer.title + _IN_LAYER)


def _places(layers: Sequence[Layer]) -> dict[str, int]:
    return {layer.title: at for at, layer in enumerate(layers)}


def _move(old: Sequence[Layer], old_at: int, new: Sequence[Layer], new_at: int, where: str) -> Change:
    before, after = (f"after {side[at - 1].title}" if at else "first" for side, at in ((old, old_at), (new, new_at)))
    places = old[old_at].block.place, new[new_at].block.place
    return Change(Difference.MOVED, where + new[new_at].title, before, after, *places)
