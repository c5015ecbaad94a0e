"""The single values that an abbreviation is given, such as the index of a repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netdef.errors import Place, Problem
from netdef.prototxt.expand.words import BLOCK, PREVIOUS, REPEAT, USE
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Field, Message, Scalar

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_RESERVED = (BLOCK, PREVIOUS)
_EXAMPLES = {
    BLOCK: 'block { name: "pair" argument: "name" layer { … } }',
    USE: 'use { block: "pair" name: "first" }',
    REPEAT: 'repeat { index: "i" from: 1 to: 3 layer { … } }',
    "argument": 'argument { name: "stride" default: 1 }',
}


class Settings:
    """What a block of an abbreviation says; every complaint goes into ``problems``.

    ``own`` names the settings; all other fields are its ``rest``. Where it is None, all fields are settings.
    """

    def __init__(self, around: Field, own: Sequence[str] | None, problems: list[Problem]) -> None:
        self.around = around
        self.problems = problems
        self.fields: dict[str, Field] = {}
        self.rest: list[Field] = []
        if not isinstance(around.value, Message):
            self.complain(f"{around.name} must have braces", around.place, self.example)
            return
        for field in around.value.fields:
            if own is None or field.name in own:
                self._take(field)
            else:
                self.rest.append(field)

    @property
    def example(self) -> str:
        """Say how it is written."""
        return f"write {_EXAMPLES[self.around.name]}"

    def scalar(self, name: str) -> Scalar | None:
        """Return a setting, None where there is none, or one that was complained of."""
        value = self.fields[name].value if name in self.fields else None
        return value if isinstance(value, Scalar) else None

    def text(self, name: str) -> str:
        """Return a setting that must be there and be a plain string; empty after a complaint."""
        if name not in self.fields and isinstance(self.around.value, Message):
            self.complain(f"{self.around.name} has no {name}", self.around.place, self.example)
        value = self.scalar(name)
        return plain_text(value, f"{self.around.name}: {name}", self.problems) if value else ""

    def complain(self, message: str, place: Place, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(message, place, hint))

    def _take(self, field: Field) -> None:
        if field.name in self.fields:
            what = f"{self.around.name}: {field.name}"
            self.problems.append(given_twice(what, self.fields[field.name].place, field.place))
        elif not isinstance(field.value, Scalar):
            self.complain(f"{self.around.name}: {field.name} must be a single value", field.place)
        self.fields.setdefault(field.name, field)


def plain_text(value: Scalar, what: str, problems: list[Problem]) -> str:
    """Return what a string without expressions says; empty after a complaint."""
    if value.kind is not Kind.STRING:
        hint = f'write "{value.text}"' if value.kind is Kind.NAME else ""
        problems.append(Problem(f"{what} is {value.text}, must be a string in quotes", value.place, hint))
        return ""
    text = value.content.decode(errors="replace")
    if not text or "${" in text or not text.isprintable():
        problems.append(Problem(f"{what} is {value.text}, must be a plain name without expressions", value.place))
        return ""
    return text


def can_be_used(name: str, place: Place, problems: list[Problem]) -> bool:
    """Whether a name can stand in an expression; complains if not."""
    if name in _RESERVED:
        problems.append(Problem(f'"{name}" has a meaning of its own', place, "choose another name"))
        return False
    if not _IDENTIFIER.fullmatch(name):
        hint = "write letters, digits and _, no digit first"
        problems.append(Problem(f'"{name}" cannot be a name in expressions', place, hint))
        return False
    return True


def given_twice(what: str, first: Place, second: Place) -> Problem:
    """Return the problem of what may be there once."""
    return Problem(f"{what} is given twice, may be given once", second, evidence=(f"first at {first}",))
