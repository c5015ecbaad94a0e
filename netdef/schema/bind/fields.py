"""What each field of a message may hold, and how a scalar of the text becomes its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Scalar
from netdef.prototxt.values import to_bool, to_float, to_integer

Convert = Callable[[Scalar], object]  # raises ValueError where the scalar does not fit


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one field may hold; ``convert`` is None where it is a block."""

    name: str
    type: int
    repeated: bool
    required: bool
    convert: Convert | None
    block: Descriptor | None
    enum: EnumDescriptor | None


@cache
def rules_of(message: Descriptor) -> Mapping[str, FieldRule]:
    """Return the rules of a message's fields by name."""
    return {field.name: _rule(field) for field in message.fields}


def integer_range(field_type: int) -> tuple[int, int] | None:
    """Return the least and greatest number of an integer type, None for other types."""
    return _RANGES.get(field_type)


def descriptor_of(message_class: type[Message]) -> Descriptor:
    """Return the description of a class of messages."""
    descriptor: Any = message_class.DESCRIPTOR  # the stubs know two classes of descriptors, which are one
    return cast(Descriptor, descriptor)


def holds_text(message_class: type[Message], names: Sequence[str]) -> bool:
    """Whether the field at the end of a chain of names is a string; False where there is no such field."""
    *way, last = names
    block: Descriptor | None = descriptor_of(message_class)
    for name in way:
        rule = rules_of(block).get(name) if block else None
        block = rule.block if rule else None
    return block is not None and last in rules_of(block) and rules_of(block)[last].type == FieldDescriptor.TYPE_STRING


def _rule(field: FieldDescriptor) -> FieldRule:
    return FieldRule(
        field.name,
        field.type,
        field.is_repeated,
        field.is_required,
        None if field.message_type else _converter(field),
        field.message_type,
        field.enum_type,
    )


def _converter(field: FieldDescriptor) -> Convert:
    if field.enum_type:
        return _enum_converter(field.enum_type)
    if field.type in _RANGES:
        return _integer_converter(*_RANGES[field.type])
    return _CONVERTERS[field.type]


def _integer_converter(least: int, greatest: int) -> Convert:
    def convert(scalar: Scalar) -> int:
        number = to_integer(scalar.text)
        if not least <= number <= greatest:
            raise ValueError(f"{number} is out of range")
        return number

    return convert


def _enum_converter(enum: EnumDescriptor) -> Convert:
    numbers = {value.name: value.number for value in enum.values}
    known = frozenset(numbers.values())

    def convert(scalar: Scalar) -> int:
        if scalar.text in numbers:
            return numbers[scalar.text]
        number = int(scalar.text, 0)
        if number not in known:
            raise ValueError(f"{number} is no value of {enum.name}")
        return number

    return convert


def _text(scalar: Scalar) -> str:
    return _bytes(scalar).decode()


def _bytes(scalar: Scalar) -> bytes:
    if scalar.kind is not Kind.STRING:
        raise ValueError("not in quotes")
    return scalar.content


def _signed(bits: int) -> tuple[int, int]:
    return -(1 << (bits - 1)), (1 << (bits - 1)) - 1


def _unsigned(bits: int) -> tuple[int, int]:
    return 0, (1 << bits) - 1


_RANGES = {
    FieldDescriptor.TYPE_INT32: _signed(32),
    FieldDescriptor.TYPE_SINT32: _signed(32),
    FieldDescriptor.TYPE_SFIXED32: _signed(32),
    FieldDescriptor.TYPE_INT64: _signed(64),
    FieldDescriptor.TYPE_SINT64: _signed(64),
    FieldDescriptor.TYPE_SFIXED64: _signed(64),
    FieldDescriptor.TYPE_UINT32: _unsigned(32),
    FieldDescriptor.TYPE_FIXED32: _unsigned(32),
    FieldDescriptor.TYPE_UINT64: _unsigned(64),
    FieldDescriptor.TYPE_FIXED64: _unsigned(64),
}
_CONVERTERS: Mapping[int, Convert] = {
    FieldDescriptor.TYPE_FLOAT: lambda scalar: to_float(scalar.text),
    FieldDescriptor.TYPE_DOUBLE: lambda scalar: to_float(scalar.text),
    FieldDescriptor.TYPE_BOOL: lambda scalar: to_bool(scalar.text),
    FieldDescriptor.TYPE_STRING: _text,
    FieldDescriptor.TYPE_BYTES: _bytes,
}
