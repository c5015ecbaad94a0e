"""Text to tokens: names, numbers, strings, ``${…}`` and marks, each with its place and the comments before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from netdef.errors import Place, Problem


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    STRING = "string"
    EXPRESSION = "expression"
    MARK = "mark"
    END = "end"


@dataclass(slots=True)
class Comment:
    """A comment from its ``#`` to the end of the line."""

    text: str
    line: int


@dataclass(slots=True)
class Token:
    """One word of the text as it was written; line and column count from one."""

    kind: Kind
    text: str
    line: int
    column: int
    comments: Sequence[Comment] = ()


# A placeholder of a template, {{NAME}} or $NAME$, is read as a name: no field can hold it, and its field says so.
# Names and numbers swallow signs and dots just as text_format's tokens do: "1-2" is one bad number, not three tokens.
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<name>     [a-zA-Z_][0-9a-zA-Z_+-]* | \{\{[^{}"']*\}\} | \$\w+\$ )
    | (?P<mark>     [{}<>\[\]:;,=] | \.(?![0-9]) | /(?![/*]) )
    | (?P<number>   (?:[0-9+-]|\.[0-9])[0-9a-zA-Z_.+-]* | \d )
    | (?P<string>   "[^"\\]*(?:\\.[^"\\]*)*" | '[^'\\]*(?:\\.[^'\\]*)*' )
    | (?P<comment>  \#.* )
    | (?P<expression> \$\{[^}]*\} )
    | (?P<unended>  \$\{.* )
    | (?P<unclosed> ["'].* )
    | (?P<curly>    [“”„‘’][^“”„‘’]*[“”„‘’] )
    | (?P<foreign>  //.* | /\*.* )
    | (?P<stray>    [^\x00-\x7f\s“”„‘’]+ | \S )
    )""",
    re.VERBOSE,
)

_MERGE_MARK = re.compile(r"(<{7}|>{7}) |={7}\s*$")  # lines that git leaves where two versions of a file disagree

_KINDS = {str(kind): kind for kind in (Kind.NAME, Kind.MARK, Kind.NUMBER, Kind.STRING, Kind.EXPRESSION)}


def tokenize(text: str, file: str) -> tuple[list[Token], list[Problem]]:
    """Cut ``text`` into tokens, an END token last, and say what could not be read."""
    tokens: list[Token] = []
    problems: list[Problem] = []
    comments: list[Comment] = []
    number = 0
    for number, line in enumerate(text.split("\n"), 1):
        if _MERGE_MARK.match(line):
            problems.append(_merge_mark(line, Place(file, number, 1)))
            continue
        for match in _TOKEN.finditer(line.rstrip()):
            found = match.lastgroup or ""
            word = match[found]
            if found == "comment":
                comments.append(Comment(word, number))
                continue
            kind = _KINDS.get(found)
            column = match.start(found) + 1
            if kind is None:
                problems.append(_problem(found, word, Place(file, number, column)))
                if found not in _REPAIRED:
                    continue
                kind, word = _REPAIRED[found], _repaired(found, word)
            tokens.append(Token(kind, word, number, column, comments or ()))
            if comments:
                comments = []
    tokens.append(Token(Kind.END, "", number, len(line.rstrip()) + 1, comments))
    return tokens, problems


# What is broken goes on as if it were whole, so that the parser does not complain a second time.
_REPAIRED = {"unclosed": Kind.STRING, "curly": Kind.STRING, "unended": Kind.EXPRESSION}


def _repaired(found: str, word: str) -> str:
    if found == "curly":
        return '"' + word[1:-1].replace("\\", "\\\\").replace('"', '\\"') + '"'
    if found == "unended":
        return word + "}"
    return word.rstrip("\\") + word[0]


def _merge_mark(line: str, place: Place) -> Problem:
    hint = "keep one of the two versions, and no line of <<<<<<<, ======= or >>>>>>>"
    return Problem(f"{_shown(line.rstrip())} is left of an unfinished merge", place, hint)


def _problem(found: str, word: str, place: Place) -> Problem:
    if found == "unclosed":
        return Problem(f"the string {_shown(word)} does not end on its line", place, f"close it with {word[0]}")
    if found == "unended":
        return Problem(f"{_shown(word)} does not end on its line", place, "close it with }")
    if found == "curly":
        return Problem(f"{_shown(word)} stands in typographic quotes", place, f'write "{word[1:-1]}"')
    if found == "foreign":
        return Problem(f"{_shown(word)} is no comment here", place, "comments begin with # and end with the line")
    return Problem(f"unexpected {_named(word)}", place)


def _shown(word: str) -> str:
    return word if len(word) <= 40 else word[:39] + "…"


def _named(word: str) -> str:
    if word.isprintable():
        return f'character "{word}"' if len(word) == 1 else f'characters "{_shown(word)}"'
    return f"character U+{ord(word[0]):04X}"
