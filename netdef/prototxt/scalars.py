"""Tokens to single values: numbers, names, and strings with their escapes undone."""

from __future__ import annotations

from netdef.errors import Place, Problem, Severity
from netdef.prototxt.cursor import OPENERS, Cursor
from netdef.prototxt.strings import EscapeError, unescape, unknown_escapes
from netdef.prototxt.tokens import Kind, Token
from netdef.prototxt.tree import Scalar

_SCALARS = (Kind.NUMBER, Kind.STRING, Kind.EXPRESSION)


def at_scalar(cursor: Cursor) -> bool:
    """Whether a single value comes next; a name with a colon or block of its own is the next field instead."""
    kind = cursor.peek.kind
    if kind is Kind.NAME:
        return cursor.tokens[cursor.position + 1].text not in (":", "=", *OPENERS)
    return kind in _SCALARS


def read_scalar(cursor: Cursor) -> Scalar:
    """Read a number, a name, an expression, or a string with all strings that follow it."""
    first = cursor.take()
    scalar = Scalar(first.kind, first.text, cursor.place(first))
    if first.text in ("-", "+") and cursor.peek.kind is Kind.NUMBER:
        cursor.complain(
            first, "there is a blank between a sign and its number", f"write {first.text}{cursor.peek.text}"
        )
        scalar.text += cursor.take().text
    elif first.kind is Kind.STRING:
        scalar.content = _content(cursor, first)
        while cursor.peek.kind is Kind.STRING:
            scalar.text += (" " if cursor.peek.line == cursor.last_line else "\n") + cursor.peek.text
            scalar.content += _content(cursor, cursor.take())
    return scalar


def _content(cursor: Cursor, token: Token) -> bytes:
    body = token.text[1:-1]
    if "\\" not in body:
        return body.encode()
    for offset, escape in unknown_escapes(body):
        message = f"{escape} is no escape sequence and stays as it is"
        place = _inside(cursor, token, offset)
        cursor.problems.append(Problem(message, place, f"write \\{escape}", severity=Severity.WARNING))
    try:
        return unescape(body)
    except EscapeError as error:
        place = _inside(cursor, token, error.offset)
        cursor.problems.append(Problem(str(error), place, r"a backslash itself is written \\"))
        return b""


def _inside(cursor: Cursor, token: Token, offset: int) -> Place:
    return Place(cursor.file, token.line, token.column + 1 + offset)
