"""Paths such as ``layer[conv1].param[0].lr_mult`` that lead to one value of a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from netdef.errors import UsageError
from netdef.prototxt.tree import Field, ListValue, Message, Scalar, Value
from netdef.suggest import nearest

_STEP = re.compile(r"(?P<name>[A-Za-z_][A-Za-z_0-9]*)(?:\[(?P<which>[^\]]+)\])?(?:\.(?!$)|$)")


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a path: a field and, for repeated ones, which: its number from 0, or the name its block gives."""

    field: str
    which: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of a field: ``number`` counts within its list, and is None where there is no list."""

    field: Field
    number: int | None = None

    @property
    def value(self) -> Value:
        """The value that is there."""
        value = self.field.value
        return value.values[self.number] if self.number is not None and isinstance(value, ListValue) else value

    def put(self, new: Value) -> None:
        """Put a value in its place; a list takes the place of a whole list."""
        value = self.field.value
        if self.number is not None and isinstance(value, ListValue) and not isinstance(new, ListValue):
            value.values[self.number] = new
        else:
            self.field.value = new


def parse_path(path: str) -> list[Step]:
    """Cut a path at its dots; in square brackets, dots and slashes belong to a name.

    Raises:
        UsageError: it is no path.
    """
    steps: list[Step] = []
    read = 0
    while read < len(path) or not steps:
        match = _STEP.match(path, read)
        if match is None:
            raise UsageError(f'"{path}" is no path of fields, such as base_lr or layer[conv1].param[0].lr_mult')
        steps.append(Step(match["name"], match["which"] or ""))
        read = match.end()
    return steps


def slots(block: Message, name: str) -> list[Slot]:
    """Return every value that a block has under a name."""
    found: list[Slot] = []
    for field in block.named(name):
        if isinstance(field.value, ListValue):
            found += [Slot(field, number) for number in range(len(field.value.values))]
        else:
            found.append(Slot(field))
    return found


def find(block: Message, step: Step) -> Slot | None:
    """Return the value that a step leads to, None where it leads to one that could be added.

    Raises:
        UsageError: it leads to several, or asks for one that cannot be added.
    """
    there = slots(block, step.field)
    named = [slot for slot in there if step.which and name_of(slot.value) == step.which]
    if len(named) == 1:
        return named[0]
    if named or (len(there) > 1 and not step.which):
        _refuse_many([number for number, slot in enumerate(there) if not named or slot in named], step)
    if not step.which:
        return there[0] if there else None
    if not step.which.isdecimal() or int(step.which) > len(there):
        _refuse_absent(there, step)
    return there[int(step.which)] if int(step.which) < len(there) else None


def name_of(value: Value) -> str:
    """Return what a block gives as its ``name``, empty if nothing."""
    if isinstance(value, Message):
        for field in value.named("name"):
            if isinstance(field.value, Scalar):
                return field.value.content.decode(errors="replace")
    return ""


def _refuse_many(numbers: list[int], step: Step) -> NoReturn:
    what = f'{step.field} named "{step.which}"' if step.which else step.field
    choices = ", ".join(f"{step.field}[{number}]" for number in numbers[:4]) + (", …" if len(numbers) > 4 else "")
    raise UsageError(f"there are {len(numbers)} of {what}: say which of {choices}")


def _refuse_absent(there: list[Slot], step: Step) -> NoReturn:
    near = nearest(step.which, (name_of(slot.value) for slot in there))
    hint = f"; did you mean {step.field}[{near}]?" if near else f"; there are {len(there)} of {step.field}"
    raise UsageError(f"there is no {step.field}[{step.which}]{hint}")
