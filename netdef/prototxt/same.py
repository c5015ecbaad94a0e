"""What values mean, however they are written."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import suppress

from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Message, Scalar, elements
from netdef.prototxt.values import to_float, to_integer


def meaning(value: Scalar | Message) -> Hashable:
    """Return a key that is equal for values which mean the same: ``1.0`` and ``1``, ``'a'`` and ``"a"``.

    The order of different fields in a block means nothing, that of one field's values does.
    """
    if isinstance(value, Message):
        return frozenset((name, tuple(map(meaning, values))) for name, values in grouped(value).items())
    if value.kind is Kind.STRING:
        return value.content
    return _number(value.text) if value.kind is Kind.NUMBER else value.text


def grouped(block: Message) -> dict[str, list[Scalar | Message]]:
    """Return all values of a block by field name, lists and repeated fields made one."""
    groups: dict[str, list[Scalar | Message]] = {}
    for field in block.fields:
        groups.setdefault(field.name, []).extend(elements(field.value))
    return groups


def compact(value: Scalar | Message) -> str:
    """Return a value in one line, without comments."""
    if isinstance(value, Scalar):
        return value.text.replace("\n", " ")
    parts = []
    for name, values in grouped(value).items():
        parts += [f"{name} {compact(one)}" if isinstance(one, Message) else f"{name}: {compact(one)}" for one in values]
    return f"{{ {' '.join(parts)} }}" if parts else "{}"


def _number(text: str) -> Hashable:
    with suppress(ValueError):
        return to_integer(text)
    with suppress(ValueError):
        number = to_float(text)
        return number if number == number else text  # NaN equals nothing, not even itself
    return text
