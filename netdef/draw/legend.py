"""The head of a diagram: its title, its sizes, and what its colours mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from netdef.draw.diagram import Diagram
from netdef.draw.facts import cost
from netdef.draw.loads import Load
from netdef.draw.markup import escaped, name_words, small
from netdef.draw.palette import FILLS, border
from netdef.draw.strips import device_cell
from netdef.draw.words import printable
from netdef.layers.base import Kind

IN_A_ROW = 4
GAP = '<TR><TD HEIGHT="10"></TD></TR>'


def head(drawn: Diagram) -> str:
    """Return the label of the whole diagram."""
    title = f'<FONT POINT-SIZE="16"><B>{escaped(name_words(drawn.name))}</B></FONT>'
    lines = [title, *map(small, (*drawn.notes, *_conventions(drawn)))]
    used = {each.node.layer.kind for box in drawn.boxes for each in box.with_folded()}
    rows = [f'<TR><TD ALIGN="LEFT">{line}</TD></TR>' for line in lines]
    tables = _devices(drawn.loads) + _legend(used) + GAP
    return f'<TABLE BORDER="0" CELLSPACING="2" CELLPADDING="0">{"".join(rows)}{tables}</TABLE>'


def _conventions(drawn: Diagram) -> Iterator[str]:
    if any(box.only for box in drawn.boxes):
        yield "dashed box: not in every phase"
    if any(not arrow.learning for arrow in drawn.arrows):
        yield "dashed arrow: no gradient comes back"
    if drawn.loads:
        yield "strip: a device and its channels; thick arrow: copied from the device of its colour, bytes for one item"


def _devices(loads: Sequence[Load]) -> str:
    """Tell what each device does, in its colour."""
    words = [f"{printable(load['device'])}: {cost(load['params'], load['macs'])}" for load in loads]
    return _table([device_cell(escaped(each), index) for index, each in enumerate(words)])


def _legend(used: Iterable[Kind]) -> str:
    return _table([_swatch(kind) for kind in Kind if kind in set(used)])


def _table(cells: Sequence[str]) -> str:
    rows = "".join(f"<TR>{''.join(row)}</TR>" for row in _rows(cells))
    if not rows:
        return ""
    return f'<TR><TD ALIGN="LEFT"><TABLE BORDER="0" CELLSPACING="3" CELLPADDING="2">{rows}</TABLE></TD></TR>'


def _rows(cells: Sequence[str]) -> list[Sequence[str]]:
    return [cells[start : start + IN_A_ROW] for start in range(0, len(cells), IN_A_ROW)]


def _swatch(kind: Kind) -> str:
    fill = FILLS[kind]
    return f'<TD BORDER="1" STYLE="ROUNDED" COLOR="{border(fill)}" BGCOLOR="{fill}">{small(kind.value)}</TD>'
