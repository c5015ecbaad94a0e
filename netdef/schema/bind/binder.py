"""The walk over a tree that fills a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from netdef.errors import Place, Problem
from netdef.prototxt import tree
from netdef.prototxt.parse import in_file_order
from netdef.schema.bind.block import Block
from netdef.schema.bind.fields import FieldRule, descriptor_of, rules_of
from netdef.schema.bind.misfits import given_twice, misfit, missing, without_colon
from netdef.schema.bind.misplaced import unknown_field

M = TypeVar("M", bound=Message)
FieldPath = tuple[str | int, ...]  # ("layer", 3, "convolution_param", "pad", 0): repeated fields always have an index


@dataclass(frozen=True, slots=True)
class Bound(Generic[M]):
    """A message, the place of every field that the text gives, and what is wrong with the text, in file order."""

    message: M
    places: Mapping[FieldPath, Place]
    problems: tuple[Problem, ...]

    def place(self, path: FieldPath) -> Place:
        """Return where a field stands, or else the innermost block around it that the text has."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


def bind(root: tree.Message, message_class: type[M]) -> Bound[M]:
    """Fill a message of the given class from a tree; what does not fit is left out and reported."""
    message = message_class()
    binder = _Binder(root.place)
    binder.fill(message, Block(root, descriptor_of(message_class)), ())
    return Bound(message, binder.places, in_file_order(binder.problems))


class _Binder:
    def __init__(self, start: Place) -> None:
        self.places: dict[FieldPath, Place] = {(): start}
        self.problems: list[Problem] = []

    def fill(self, message: Message, block: Block, path: FieldPath) -> None:
        rules = rules_of(block.descriptor)
        given: dict[str, Place] = {}
        for field in block.tree.fields:
            rule = rules.get(field.name)
            if rule is None:
                self.problems.append(unknown_field(field, block))
            elif rule.repeated:
                self.extend(message, rule, field, block, path)
            elif field.name in given:
                self.problems.append(given_twice(rule, given[field.name], field.place, block))
            else:
                given[field.name] = field.place
                self.set(message, rule, field, block, path)
        self.problems += [missing(rule, block) for rule in rules.values() if rule.required and rule.name not in given]

    def set(self, message: Message, rule: FieldRule, field: tree.Field, block: Block, path: FieldPath) -> None:
        here = (*path, rule.name)
        value = field.value
        if rule.block and isinstance(value, tree.Message):
            inner = getattr(message, rule.name)
            inner.SetInParent()
            self.places[here] = field.place
            self.fill(inner, Block(value, rule.block, rule.name, block), here)
        elif (converted := self.converted(rule, value, field.place, block)) is not None:
            setattr(message, rule.name, converted)
            self.places[here] = field.place

    def extend(self, message: Message, rule: FieldRule, field: tree.Field, block: Block, path: FieldPath) -> None:
        container = getattr(message, rule.name)
        listed = isinstance(field.value, tree.ListValue)
        if rule.convert and not field.colon and not tree.elements(field.value):
            self.problems.append(without_colon(rule, field.place, block))
        for value in tree.elements(field.value):
            here = (*path, rule.name, len(container))
            place = value.place if listed else field.place
            if rule.block and isinstance(value, tree.Message):
                self.places[here] = place
                self.fill(container.add(), Block(value, rule.block, rule.name, block), here)
            elif (converted := self.converted(rule, value, place, block)) is not None:
                container.append(converted)
                self.places[here] = place

    def converted(self, rule: FieldRule, value: tree.Value, place: Place, block: Block) -> Any:
        """Return the value as the field's type, None after a complaint."""
        if rule.convert and isinstance(value, tree.Scalar):
            try:
                return rule.convert(value)
            except ValueError:
                pass
        self.problems.append(misfit(rule, value, place, block))
        return None
