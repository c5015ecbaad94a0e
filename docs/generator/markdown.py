"""Pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SPECIAL = re.compile(r"(`[^`]*`)|([*|<])")
ESCAPES = {"*": r"\*", "|": r"\|", "<": "&lt;"}


def plain(text: str) -> str:
    """Return text that stands for itself: outside of code, what Markdown would take for markup is escaped."""
    return SPECIAL.sub(lambda match: match[1] or ESCAPES[match[2]], text.replace("``", "`"))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; its cells hold Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def link(text: str, target: str) -> str:
    """Return a link."""
    return f"[{text}]({target})"


def anchor(heading: str) -> str:
    """Return the name under which a heading can be linked to."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def page(*parts: str) -> str:
    """Return the text of a page: its parts with empty lines between, and where they come from."""
    note = "<!-- Made by docs/generate.py: change its sources, not this file. -->"
    return "\n\n".join([note, *(part.strip("\n") for part in parts if part)]) + "\n"
