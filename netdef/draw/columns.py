"""Text in columns that line up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP = "  "
Row = Sequence[str]


@dataclass(frozen=True)
class Column:
    """A heading, and whether what stands under it are numbers, which line up on the right."""

    heading: str
    numbers: bool = False


def lined_up(columns: Sequence[Column], rows: Sequence[Row]) -> list[str]:
    """Return the line of the headings and a line a row, the columns aligned."""
    cells = [[column.heading for column in columns], *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [_line(columns, widths, row) for row in cells]


def ruled(columns: Sequence[Column], rows: Sequence[Row]) -> list[str]:
    """Return the lines with a rule below the headings and one above the last row, which has the sums."""
    headings, *lines, sums = lined_up(columns, rows)
    rule = "─" * max(map(len, (headings, *lines, sums)))
    return [headings, rule, *lines, rule, sums]


def _line(columns: Sequence[Column], widths: Sequence[int], row: Row) -> str:
    padded = (
        cell.rjust(width) if column.numbers else cell.ljust(width)
        for column, width, cell in zip(columns, widths, row, strict=True)
    )
    return GAP.join(padded).rstrip()
