"""Escapes undone, and text put into quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdef.prototxt.strings import EscapeError, quote, unescape, unknown_escapes


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", b""),
        ("plain é", "plain é".encode()),
        (r"\a\b\f\n\r\t\v", b"\a\b\f\n\r\t\v"),
        (r"\\ \' \"", b"\\ ' \""),
        (r"\0\12\1234", b"\0\nS4"),
        (r"\x4g\x41\x414", b"\x04gAA4"),
        (r"\u00e9\U0001F600", "é😀".encode()),
        (r"\377\xff", b"\xff\xff"),
        (r"\\n", b"\\n"),
        (r"C:\data\q", rb"C:\data\q"),
        (r"\8\?", rb"\8\?"),
    ],
)
def test_unescape(body: str, expected: bytes) -> None:
    assert unescape(body) == expected


@pytest.mark.parametrize(
    ("body", "escape", "offset"),
    [
        (r"ab\x", r"\x", 2),
        (r"\xg", r"\x", 0),
        (r"é\400", r"\400", 1),
        (r"\u12", r"\u", 0),
        (r"\ud800", r"\ud800", 0),
        (r"\U00110000", r"\U00110000", 0),
        (r"\N{DASH}", r"\N", 0),
        ("a\\", "\\", 1),
    ],
)
def test_escapes_without_a_meaning_are_refused(body: str, escape: str, offset: int) -> None:
    with pytest.raises(EscapeError, match=r"is no escape sequence$") as caught:
        unescape(body)
    assert (caught.value.escape, caught.value.offset) == (escape, offset)


def test_unknown_escapes_are_listed() -> None:
    assert unknown_escapes(r"C:\data\\x\new\q") == [(2, r"\d"), (14, r"\q")]


def test_bytes_that_are_no_text_are_quoted_as_numbers() -> None:
    data = b'a\xff"\xc3\xa9'
    quoted = quote(data.decode(errors="surrogateescape"))
    assert quoted == '"a\\377\\"é"'
    assert unescape(quoted[1:-1]) == data


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_quoted_is_read_back(text: str) -> None:
    quoted = quote(text)
    assert quoted.startswith('"')
    assert "\n" not in quoted
    assert unescape(quoted[1:-1]) == text.encode()
