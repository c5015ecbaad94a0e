"""Values that mean the same, and their short form."""

import pytest

from netdef.prototxt.parse import parse
from netdef.prototxt.same import compact, grouped, meaning


def same(first: str, second: str) -> bool:
    return meaning(parse(first, "f")) == meaning(parse(second, "g"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a: 1", "# c\n a : 1.0 ;"),
        ("a: 1e-4", "a: .0001f"),
        ("a: 0x10", "a: 16"),
        ("a: 'x'", 'a: "\\x78"'),
        ("a: 'xy'", 'a: "x" "y"'),
        ("a: 1 b: 2", "b: 2 a: 1"),
        ("a { b: 1 }", "a: < b: 1 >"),
        ("a: -nan", "a: -nan"),
    ],
)
def test_equal(first: str, second: str) -> None:
    assert same(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a: 1", "a: 2"),
        ("a: 1", 'a: "1"'),
        ("a: MAX", 'a: "MAX"'),
        ("a: 1 a: 2", "a: 2 a: 1"),
        ("a {}", ""),
        ("a { b: 1 }", "a { c: 1 }"),
    ],
)
def test_unequal(first: str, second: str) -> None:
    assert not same(first, second)


def test_grouped_joins_lists_and_repeated_fields() -> None:
    groups = grouped(parse("a: 1 b: 2 a: [3, 4]", "f"))
    assert {name: [compact(value) for value in values] for name, values in groups.items()} == {
        "a": ["1", "3", "4"],
        "b": ["2"],
    }


def test_compact() -> None:
    text = "a: [1, 2] # c\nb {\n d {\n }\n e: 'x'\n'y'\n}"
    assert compact(parse(text, "f")) == "{ a: 1 a: 2 b { d {} e: 'x' 'y' } }"
