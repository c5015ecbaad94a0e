"""Where expressions stand in values."""

import pytest

from netdef.prototxt.expand.expression import ExpressionError
from netdef.prototxt.expand.holes import expressions_of, filled, has_holes, scalars_of
from netdef.prototxt.parse import parse
from netdef.prototxt.tree import Scalar


def scalar(text: str) -> Scalar:
    value = parse(f"x: {text}", "f").fields[0].value
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize(
    ("text", "expressions"),
    [
        ("${4 * w}", ["4 * w"]),
        ('"${a}/1x1_${b+1}"', ["a", "b+1"]),
        ("'${a}' \"${b}\"", ["a", "b"]),
        ('"$${a} $ {b} $c ${}"', [""]),
        ('"plain"', []),
        ("17", []),
        ("MAX", []),
    ],
)
def test_expressions_of_a_value(text: str, expressions: list[str]) -> None:
    assert list(expressions_of(scalar(text))) == expressions


@pytest.mark.parametrize(
    ("text", "has"), [("${w}", True), ('"${w}"', True), ('"${"', True), ('"$w"', False), ("3", False)]
)
def test_which_values_have_holes(text: str, has: bool) -> None:
    assert has_holes(scalar(text)) is has


def test_holes_are_filled_and_escapes_undone() -> None:
    assert filled(b"a${x}b$${x}${yy}", lambda text: text.upper().encode()) == b"aXb${x}YY"


@pytest.mark.parametrize("content", [b"a${x", b"${x} ${"])
def test_an_open_brace_is_refused(content: bytes) -> None:
    with pytest.raises(ExpressionError) as caught:
        filled(content, lambda text: b"")
    assert (str(caught.value), caught.value.hint) == ("the text has a ${ without its }", "write $${ for a plain ${")


def test_values_are_found_however_deep() -> None:
    field = parse("a { b: 1 c { d: [2, 3] } e { f: [{ g: 4 }] } }", "f").fields[0]
    assert [value.text for value in scalars_of(field)] == ["1", "2", "3", "4"]
