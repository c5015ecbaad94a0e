"""The markup of Graphviz's HTML-like labels, safe for any text."""

from __future__ import annotations

import html
from collections.abc import Sequence

from netdef.draw.palette import FADED_INK
from netdef.draw.words import printable, short

NAMELESS = "(no name)"
SMALL = 9
SMALLER = 8


def escaped(text: str) -> str:
    """Return text as markup that shows it as it is."""
    # Graphviz puts names of its own for \N, \G and the like, in labels of every kind.
    return html.escape(text).replace("\\", r"\\")


def name_words(name: str) -> str:
    """Write a name so that it takes one line and can be seen."""
    return short(printable(name)) or NAMELESS


def small(text: str, size: int = SMALL) -> str:
    """Return text in small grey letters."""
    return f'<FONT POINT-SIZE="{size}" COLOR="{FADED_INK}">{escaped(text)}</FONT>'


def row(cells: str) -> str:
    """Return a row of cells."""
    return f"<TR>{cells}</TR>"


def table(rows: Sequence[str]) -> str:
    """Return rows as a table that shows no lines."""
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="1" CELLPADDING="1">{"".join(rows)}</TABLE>'
