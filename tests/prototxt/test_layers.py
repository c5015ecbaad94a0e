"""Layers of two nets, titled so that partners are called the same."""

from netdef.prototxt.layers import titled
from netdef.prototxt.parse import parse
from netdef.prototxt.tree import Message


def layers(text: str) -> list[Message]:
    return [field.value for field in parse(text, "f").fields if isinstance(field.value, Message)]


def titles(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = titled(layers(before), layers(after))
    return [layer.title for layer in old], [layer.title for layer in new]


def test_a_name_is_enough_where_it_stands_once() -> None:
    before, after = titles("layer { name: 'a' }", "layer { name: 'a' include { phase: TEST } }")
    assert before == after == ['layer "a"']


def test_rules_tell_layers_of_one_name_apart() -> None:
    before, after = titles(
        "layer { name: 'a' phase: TRAIN } layer { name: 'a' exclude { stage: 's' } }",
        "layer { name: 'a' phase: TRAIN }",
    )
    assert before == ['layer "a" [phase TRAIN]', "layer \"a\" [exclude { stage: 's' }]"]
    assert after == ['layer "a" [phase TRAIN]']


def test_twins_are_numbered() -> None:
    assert titles("layer { name: 'a' } layer { name: 'a' }", "")[0] == ['layer "a"', 'layer "a" #2']


def test_the_oldest_form_has_its_name_inside() -> None:
    assert titles("layers { layer { name: 'c' } }", "")[0] == ['layer "c"']


def test_described_adds_the_type() -> None:
    old, _ = titled(layers("layer { name: 'a' type: 'ReLU' } layers { name: 'b' type: RELU } layer { name: 'c' }"), [])
    assert [layer.described for layer in old] == ['layer "a" (ReLU)', 'layer "b" (RELU)', 'layer "c"']
