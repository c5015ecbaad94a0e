"""Paths to single values."""

import pytest

from netdef.errors import UsageError
from netdef.prototxt.parse import parse
from netdef.prototxt.path import Step, find, name_of, parse_path, slots
from netdef.prototxt.same import compact
from netdef.prototxt.tree import ListValue, Message, Scalar

TWINS = 'layer { name: "twin" } layer { name: "twin" }'
NET = parse(f'name: "n" layer {{ name: "a" }} {TWINS} pad: 1 pad: [2, 3] layer {{ name: "0" }}', "f")


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("base_lr", [Step("base_lr")]),
        ("layer[inc/3x3.a].param[0].lr_mult", [Step("layer", "inc/3x3.a"), Step("param", "0"), Step("lr_mult")]),
    ],
)
def test_parse_path(path: str, steps: list[Step]) -> None:
    assert parse_path(path) == steps


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a[", "a[]", "a b", "a[1]b", "1a"])
def test_no_paths(path: str) -> None:
    with pytest.raises(UsageError, match=r"is no path of fields, such as base_lr or layer\[conv1\]"):
        parse_path(path)


def found(field: str, which: str = "") -> str | None:
    slot = find(NET, Step(field, which))
    if slot is None:
        return None
    assert not isinstance(slot.value, ListValue)
    return compact(slot.value)


def test_find() -> None:
    assert found("name") == '"n"'
    assert found("layer", "a") == '{ name: "a" }'
    assert found("layer", "2") == '{ name: "twin" }'
    assert found("layer", "0") == '{ name: "0" }'  # a name goes before a number
    assert found("pad", "2") == "3"


def test_what_could_be_added_is_found_as_nothing() -> None:
    assert found("state") is None
    assert found("pad", "3") is None


@pytest.mark.parametrize(
    ("field", "which", "message"),
    [
        ("pad", "", r"^there are 3 of pad: say which of pad\[0\], pad\[1\], pad\[2\]$"),
        ("layer", "twin", r'^there are 2 of layer named "twin": say which of layer\[1\], layer\[2\]$'),
        ("layer", "twim", r"^there is no layer\[twim\]; did you mean layer\[twin\]\?$"),
        ("pad", "4", r"^there is no pad\[4\]; there are 3 of pad$"),
    ],
)
def test_what_is_not_one_value(field: str, which: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find(NET, Step(field, which))


def test_put_replaces_one_value_of_a_list() -> None:
    root = parse("a: [1, 2]", "f")
    new = parse("b: 5", "f").fields[0].value
    slots(root, "a")[1].put(new)
    assert compact(root) == "{ a: 1 a: 5 }"


def test_name_of() -> None:
    block = parse("x { name: 'n' } y { z: 1 } v: 2", "f")
    assert [name_of(field.value) for field in block.fields] == ["n", "", ""]
    assert isinstance(block.fields[0].value, Message)
    assert isinstance(block.fields[2].value, Scalar)
