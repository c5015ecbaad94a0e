"""Single values, and the escapes inside strings."""

import pytest

from netdef.prototxt.cursor import Cursor
from netdef.prototxt.scalars import at_scalar, read_scalar
from netdef.prototxt.tokens import Kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", True),
        ('"a"', True),
        ("MAX", True),
        ("MAX b", True),
        ("${b}", True),
        ("b: 1", False),
        ("b {", False),
        ("b = 1", False),
        ("{", False),
        ("", False),
    ],
)
def test_at_scalar(text: str, expected: bool) -> None:
    assert at_scalar(Cursor(text, "f")) is expected


def test_strings_in_a_row_are_one() -> None:
    scalar = read_scalar(Cursor('"a" \'b\'\n"c" d', "f"))
    assert (scalar.kind, scalar.text, scalar.content) == (Kind.STRING, '"a" \'b\'\n"c"', b"abc")


def test_bad_escapes_are_reported_where_they_stand() -> None:
    cursor = Cursor(r'"ab" "c\q\x"', "f")
    read_scalar(cursor)
    assert [str(problem) for problem in cursor.problems] == [
        "f:1:8: warning: \\q is no escape sequence and stays as it is\n    write \\\\q",
        "f:1:10: \\x is no escape sequence\n    a backslash itself is written \\\\",
    ]


def test_a_sign_apart_from_its_number_is_reported_and_read() -> None:
    cursor = Cursor("- 1", "f")
    assert read_scalar(cursor).text == "-1"
    assert [str(problem) for problem in cursor.problems] == [
        "f:1:1: there is a blank between a sign and its number\n    write -1"
    ]
