"""The syntax tree: what was written, where, and with which comments."""

from __future__ import annotations

from dataclasses import dataclass, field

from netdef.errors import Place
from netdef.prototxt.tokens import Kind


@dataclass(slots=True)
class Scalar:
    r"""One number, name or string.

    ``text`` is what stands in the file; adjacent strings are one scalar, a ``\n`` in ``text`` where a new line begins.
    ``content`` is what a string says, its escapes undone.
    """

    kind: Kind
    text: str
    place: Place
    content: bytes = b""


@dataclass(slots=True)
class ListValue:
    """Several values in square brackets."""

    values: list[Scalar | Message]
    place: Place


@dataclass(slots=True)
class Field:
    """A name and its value; ``place`` is that of the name.

    ``above`` are the lines before it, a comment each, or the empty text for a blank line.
    ``behind`` is the comment at the end of its last line.
    """

    name: str
    value: Value
    place: Place
    above: list[str] = field(default_factory=list)
    behind: str = ""
    colon: bool = True


@dataclass(slots=True)
class Message:
    """A block of fields, or the whole file; ``place`` and ``end`` are those of its braces.

    ``behind_brace`` is the comment after the opening brace, ``below`` are the lines after the last field.
    """

    fields: list[Field]
    place: Place
    end: Place
    behind_brace: str = ""
    below: list[str] = field(default_factory=list)

    @property
    def on_one_line(self) -> bool:
        """Whether its author wrote it in a single line."""
        return self.place.line == self.end.line

    def named(self, name: str) -> list[Field]:
        """Return the fields of that name, in file order."""
        return [entry for entry in self.fields if entry.name == name]


Value = Scalar | Message | ListValue


def elements(value: Value) -> list[Scalar | Message]:
    """Return what a field holds one by one: the members of a list, or the single value."""
    return value.values if isinstance(value, ListValue) else [value]
