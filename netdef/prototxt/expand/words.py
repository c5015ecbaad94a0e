"""The names that abbreviations have at the top level of a file."""

from __future__ import annotations

from netdef.prototxt.tree import Field, Message, elements

INCLUDE, BLOCK, USE, REPEAT = "include", "block", "use", "repeat"
PREVIOUS = "previous"  # known in every expression: the top of the layer before


def is_abbreviated(tree: Message) -> bool:
    """Whether a file holds abbreviations: one look at the names of its top level."""
    return any(is_abbreviation(field) for field in tree.fields)


def is_abbreviation(field: Field) -> bool:
    """Whether a field of the top level is one of ours."""
    return field.name in (BLOCK, USE, REPEAT) or is_include(field)


def is_include(field: Field) -> bool:
    """Whether a field names files; ``include { phase: TRAIN }`` is a rule that strayed from its layer."""
    return field.name == INCLUDE and not any(isinstance(value, Message) for value in elements(field.value))
