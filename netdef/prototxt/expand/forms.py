"""What abbreviations are: blocks with their arguments, uses of them, and repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netdef.errors import Place
from netdef.prototxt.tree import Field, Scalar


@dataclass(frozen=True, slots=True)
class Argument:
    """A name that a block's body uses; one without a default must be given."""

    name: str
    place: Place
    default: Scalar | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Layers written once, to be used under many names."""

    name: str
    place: Place
    arguments: Mapping[str, Argument]
    body: Body


@dataclass(frozen=True, slots=True)
class Use:
    """A block that is to stand here, with the values of its arguments."""

    block: str
    source: Field
    values: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Repeat:
    """What is to stand here once for each number from ``first`` to ``last``."""

    index: str
    first: Scalar
    last: Scalar
    source: Field
    body: Body


Item = Field | Use | Repeat  # a field is plain prototxt: mostly a layer
Body = Sequence[Item]
Part = Item | Sequence[str]  # of a file: comments stand alone where what they stood above is gone
