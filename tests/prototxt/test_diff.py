"""Differences between two trees in meaning."""

import pytest

from netdef.prototxt.diff import Difference, diff, render
from netdef.prototxt.parse import parse


def changes(before: str, after: str) -> list[str]:
    return render(diff(parse(before, "old"), parse(after, "new"))).splitlines()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1 # c\n\n b: 2", "b: 2.0; a: 0x1"),
        ("layer { name: 'a' top: 'x' top: 'y' }", 'layer { top: ["x", "y"] name: "a" }'),
    ],
)
def test_spelling_is_no_difference(before: str, after: str) -> None:
    assert changes(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a: 1", "a: 2", "a: 1 -> 2"),
        ("", "a: 1", "a added: 1"),
        ("a { b: 1 }", "", "a removed: { b: 1 }"),
        ("a { b { c: 1 } }", "a { b { c: 2 } }", "a.b.c: 1 -> 2"),
        ("a: 1 a: 2", "a: 1", "a: [1, 2] -> 1"),
        ("a { b: 1 } a { b: 2 }", "a { b: 1 } a { b: 3 }", "a[1].b: 2 -> 3"),
        ("a { b: 1 }", "a { b: 1 } a { b: 2 }", "a[1] added: { b: 2 }"),
        ("a: 1", "a { b: 1 }", "a: 1 -> { b: 1 }"),
    ],
)
def test_fields(before: str, after: str, expected: str) -> None:
    assert changes(before, after) == [expected]


def layer(name: str, rest: str = "") -> str:
    return f'layer {{ name: "{name}" {rest} }}\n'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            layer("conv1", "convolution_param { num_output: 96 }"),
            layer("conv1", "convolution_param { num_output: 64 }"),
            'layer "conv1" convolution_param.num_output: 96 -> 64',
        ),
        (layer("a") + layer("b", 'type: "ReLU"'), layer("a"), 'layer "b" (ReLU) removed'),
        (layer("a"), layer("b", 'type: "ReLU"') + layer("a"), 'layer "b" (ReLU) added'),
        (layer("a"), layer("a", 'top: "x"'), 'layer "a" top added: "x"'),
        (
            layer("a") + layer("b") + layer("c"),
            layer("b") + layer("c") + layer("a"),
            'layer "a" moved: first -> after layer "c"',
        ),
        (
            layer("a", "include { phase: TRAIN }") + layer("a", "include { phase: TEST } x: 1"),
            layer("a", "include { phase: TRAIN }") + layer("a", "include { phase: TEST } x: 2"),
            'layer "a" [include { phase: TEST }] x: 1 -> 2',
        ),
        (
            f"net_param {{ {layer('a', 'x: 1')} }}",
            f"net_param {{ {layer('a', 'x: 2')} }}",
            'net_param.layer "a" x: 1 -> 2',
        ),
        (
            layer("p", "python_param { layer: 'A' }"),
            layer("p", "python_param { layer: 'B' }"),
            "layer \"p\" python_param.layer: 'A' -> 'B'",
        ),
    ],
)
def test_layers(before: str, after: str, expected: str) -> None:
    assert changes(before, after) == [expected]


def test_a_change_knows_both_places() -> None:
    change = diff(parse("\na: 1", "old"), parse("a: 2", "new"))[0]
    assert (change.kind, str(change.place_before), str(change.place_after)) == (
        Difference.CHANGED,
        "old:2:4",
        "new:1:4",
    )
    added = diff(parse("", "old"), parse(layer("a"), "new"))[0]
    assert (added.kind, added.place_before, str(added.place_after)) == (Difference.ADDED, None, "new:1:7")


def test_everything_at_once_in_order() -> None:
    before = 'name: "n"\n' + layer("a") + layer("b", "x: 1") + layer("gone")
    after = 'name: "m"\n' + layer("new") + layer("b", "x: 2 y: 3") + layer("a")
    assert changes(before, after) == [
        'name: "n" -> "m"',
        'layer "gone" removed',
        'layer "new" added',
        'layer "b" x: 1 -> 2',
        'layer "b" y added: 3',
        'layer "a" moved: first -> after layer "b"',
    ]
