"""The words for what does not fit its field: value found, rule, way out."""

from __future__ import annotations

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from netdef.errors import Place, Problem
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import ListValue, Message, Scalar, Value
from netdef.prototxt.values import to_float
from netdef.schema.bind.block import Block
from netdef.schema.bind.fields import FieldRule, integer_range
from netdef.schema.bind.words import either
from netdef.schema.forks import way_round_type, way_round_value
from netdef.schema.forks.names import folded
from netdef.schema.own import LAYER_TYPES
from netdef.suggest import nearest


def misfit(rule: FieldRule, value: Value, place: Place, block: Block) -> Problem:
    """Return the problem of a value that its field cannot take."""
    text = f"{block.subject()}{block.dotted(rule.name)} is {_shown(value)}, {_rule(rule, value)}"
    hint = _way_out(rule, value, block)
    evidence = () if hint or rule.enum is None or _is_short(rule.enum) else (", ".join(_names(rule.enum)),)
    return Problem(text, place, hint, evidence)


def given_twice(rule: FieldRule, first: Place, second: Place, block: Block) -> Problem:
    """Return the problem of a single-valued field that a block has twice."""
    text = f"{block.subject()}{block.dotted(rule.name)} is given twice, may be given once"
    return Problem(text, second, "remove one of the two", (f"first at {first}",))


def without_colon(rule: FieldRule, place: Place, block: Block) -> Problem:
    """Return the problem of an empty list that only blocks may have without a colon."""
    return Problem(f"{block.subject()}{block.dotted(rule.name)} has no colon before its list", place)


def missing(rule: FieldRule, block: Block) -> Problem:
    """Return the problem of a required field that a block lacks."""
    what = block.dotted() or "the file"
    text = f"{block.subject()}{what} has no {rule.name}, which is required"
    return Problem(text, block.tree.place, f"add {rule.name}: …")


def _shown(value: Value) -> str:
    if isinstance(value, Message):
        return "a block"
    if isinstance(value, ListValue):
        return "a list"
    text = value.text.replace("\n", " ")
    return text if len(text) <= 40 else text[:39] + "…"


def _rule(rule: FieldRule, value: Value) -> str:
    if isinstance(value, ListValue):
        return "must be a single value"
    if rule.convert is None:
        return "must be a block"
    if rule.enum:
        return f"must be {either(_names(rule.enum))}" if _is_short(rule.enum) else f"must be a {rule.enum.name}"
    if span := integer_range(rule.type):
        return f"must be a whole number from {span[0]} to {span[1]}"
    if rule.type == FieldDescriptor.TYPE_STRING and isinstance(value, Scalar) and value.kind is Kind.STRING:
        return "must be UTF-8 text"
    return _RULES[rule.type]


_RULES = {
    FieldDescriptor.TYPE_FLOAT: "must be a number",
    FieldDescriptor.TYPE_DOUBLE: "must be a number",
    FieldDescriptor.TYPE_BOOL: "must be true or false",
    FieldDescriptor.TYPE_STRING: "must be a string in quotes",
    FieldDescriptor.TYPE_BYTES: "must be a string in quotes",
}


def _way_out(rule: FieldRule, value: Value, block: Block) -> str:
    if isinstance(value, ListValue):
        return way_round_value(rule.name, "[…]")
    if isinstance(value, Scalar) and value.kind is Kind.EXPRESSION:
        return "${…} has a value inside block, repeat and use only"
    if isinstance(value, Scalar) and value.text.startswith(("{{", "$")) and value.kind is Kind.NAME:
        return "the file is a template: put a value in the place of each name like this"
    if rule.convert is None:
        return f"write {rule.name} {{ … }}"
    if isinstance(value, Message):
        return f"write {rule.name}: and the value"
    if rule.enum and (foreign := _way_round(rule.enum, _word(value))):
        return foreign
    word = _meant(rule, value)
    hint = f"write {rule.name}: {word}" if word else ""
    if rule.name == "type" and block.is_layer:
        hint += _other_form(value, block)
    return hint


def _way_round(enum: EnumDescriptor, word: str) -> str:
    """Tell what to do with a name that a fork of Caffe added, or that the old form of layers never got."""
    if enum.name != "LayerType":
        return way_round_value(enum.name, word)
    today = next((name for name in LAYER_TYPES if folded(name) == folded(word)), "")
    if today and not _similar_name(enum, word):
        return f'only today\'s form has it: layer {{ type: "{today}" … }}, and so for all layers of the net'
    return way_round_type(word)


def _other_form(value: Scalar, block: Block) -> str:
    """Tell of the other form of layers, to which a type with quotes or without belongs."""
    if block.name == "layer":
        return f"; types without quotes belong to the old form, layers {{ type: {value.text} }}"
    return "; types in quotes belong to layer { … }, not layers { … }" if value.kind is Kind.STRING else ""


def _meant(rule: FieldRule, scalar: Scalar) -> str:
    """Return what the author probably wanted to write, empty if nobody knows."""
    quoted = scalar.kind is Kind.STRING
    word = _word(scalar)
    if rule.enum:
        return _similar_name(rule.enum, word)
    if rule.type == FieldDescriptor.TYPE_BOOL:
        return _TRUTH_WORDS.get(word.lower(), "")
    if rule.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        return "" if quoted else f'"{word}"'
    return next((number for number in (word, _whole(word)) if _fits(rule, scalar, number)), "")


def _whole(word: str) -> str:
    """Return a number like 1e5 or 20.0 as people write whole ones; empty if it is none."""
    try:
        number = to_float(word)
    except ValueError:
        return ""
    return str(int(number)) if number.is_integer() else ""


def _word(scalar: Scalar) -> str:
    return scalar.content.decode(errors="replace") if scalar.kind is Kind.STRING else scalar.text


_TRUTH_WORDS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


def _fits(rule: FieldRule, scalar: Scalar, word: str) -> bool:
    try:
        return rule.convert is not None and rule.convert(Scalar(Kind.NUMBER, word, scalar.place)) is not None
    except ValueError:
        return False


def _names(enum: EnumDescriptor) -> list[str]:
    return [entry.name for entry in enum.values]


def _is_short(enum: EnumDescriptor) -> bool:
    return len(enum.values) <= 8


def _similar_name(enum: EnumDescriptor, word: str) -> str:
    names = {folded(name): name for name in _names(enum)}
    return names.get(nearest(folded(word), names), "")
