"""The layers of two nets put side by side: which belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from netdef.prototxt.path import name_of
from netdef.prototxt.same import compact, grouped
from netdef.prototxt.tree import Message, Scalar

LAYER_FIELDS = ("layer", "layers")
_RULES = ("include", "exclude", "phase")


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer and its title, which no other layer of the net has."""

    block: Message
    title: str

    @property
    def described(self) -> str:
        """The title with the layer's type."""
        types = [
            compact(value).strip("\"'") for value in grouped(self.block).get("type", []) if isinstance(value, Scalar)
        ]
        return f"{self.title} ({types[0]})" if types else self.title


def titled(before: Sequence[Message], after: Sequence[Message]) -> tuple[list[Layer], list[Layer]]:
    """Title the layers of two nets so that those which belong together are called the same.

    A title is the layer's name, and its rules where either net has two layers of that name.
    """
    counts = [Counter(map(_name, side)) for side in (before, after)]
    doubled = {name for count in counts for name, times in count.items() if times > 1}
    return _side(before, doubled), _side(after, doubled)


def _side(blocks: Sequence[Message], doubled: set[str]) -> list[Layer]:
    seen: Counter[str] = Counter()
    layers = []
    for block in blocks:
        title = _title(block, with_rules=_name(block) in doubled)
        seen[title] += 1
        layers.append(Layer(block, f"{title} #{seen[title]}" if seen[title] > 1 else title))
    return layers


def _title(block: Message, with_rules: bool) -> str:
    groups = grouped(block)
    rules = [f"{name} {compact(value)}" for name in _RULES for value in groups.get(name, [])]
    return f'layer "{_name(block)}"' + (f" [{', '.join(rules)}]" if with_rules and rules else "")


def _name(block: Message) -> str:
    # The oldest form has the name one block further in: layers { layer { name: "conv1" } }.
    return name_of(block) or next((name_of(value) for value in grouped(block).get("layer", [])), "")
