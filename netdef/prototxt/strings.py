"""What a quoted string says: its escapes undone, and text put into quotes."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"""\\(?:
      (?P<letter>  [abfnrtv\\'"] )
    | (?P<octal>   [0-7]{1,3} )
    | x(?P<hex>    [0-9a-fA-F]{1,2} )
    | u(?P<short>  [0-9a-fA-F]{4} )
    | U(?P<long>   [0-9a-fA-F]{8} )
    | (?P<bad>     [xuUN] | $ )
    | (?P<unknown> . )
    )""",
    re.VERBOSE | re.DOTALL,
)
_LETTERS = {
    "a": b"\a", "b": b"\b", "f": b"\f", "n": b"\n", "r": b"\r", "t": b"\t", "v": b"\v",
    "\\": b"\\", "'": b"'", '"': b'"',
}  # fmt: skip


class EscapeError(ValueError):
    """An escape that means nothing; ``offset`` is its position in the string's body."""

    def __init__(self, escape: str, offset: int) -> None:
        self.escape = escape
        self.offset = offset
        super().__init__(f"{escape} is no escape sequence")


def unescape(body: str) -> bytes:
    r"""Return the bytes that the text between two quotes stands for, unescaped text as UTF-8.

    A backslash before any other character stays, as in ``C:\data``, since text_format reads it so.

    Raises:
        EscapeError: an escape that is cut short, above ``\377`` or no character of Unicode.
    """
    if "\\" not in body:
        return body.encode()
    pieces = []
    read = 0
    for match in _ESCAPE.finditer(body):
        pieces += [body[read : match.start()].encode(), _decoded(match)]
        read = match.end()
    return b"".join([*pieces, body[read:].encode()])


def unknown_escapes(body: str) -> list[tuple[int, str]]:
    """Return offset and text of each escape that has no meaning and therefore stays as it is written."""
    return [(match.start(), match[0]) for match in _ESCAPE.finditer(body) if match["unknown"]]


def quote(text: str) -> str:
    """Return ``text`` as a string in double quotes; surrogates stand for bytes that are no UTF-8."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f\udc80-\udcff]", lambda match: f"\\{ord(match[0]) & 0xFF:03o}", escaped) + '"'


def _decoded(match: re.Match[str]) -> bytes:
    kind = match.lastgroup or ""
    digits = match[kind]
    try:
        match kind:
            case "letter":
                return _LETTERS[digits]
            case "octal":
                return bytes([int(digits, 8)])
            case "hex":
                return bytes([int(digits, 16)])
            case "short" | "long":
                return chr(int(digits, 16)).encode()
            case "unknown":
                return match[0].encode()
    except (ValueError, OverflowError):
        pass
    raise EscapeError(match[0], match.start())
