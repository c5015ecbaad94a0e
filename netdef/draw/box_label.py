"""The text in a box, as the table that Graphviz lays out (its HTML-like labels)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netdef.draw.diagram import Box
from netdef.draw.facts import cost, losses, options, rates
from netdef.draw.markup import SMALL, SMALLER, escaped, name_words, row, small, table
from netdef.draw.measures import total
from netdef.draw.palette import FILLS
from netdef.draw.summary import devices
from netdef.draw.words import printable

LONGEST_LINE = 36
BADGE = 'BORDER="1" STYLE="ROUNDED" BGCOLOR="#FFFFFFB0" CELLPADDING="2"'


def box_label(box: Box, *, compact: bool, with_rates: bool = False) -> str:
    """Return the label of a box; a compact one names only the types of folded layers, side by side.

    ``with_rates``: it tells the learning-rate multipliers, too.
    """
    everything = box.with_folded()
    parameters = total(each.parameters for each in everything) if compact else box.parameters
    learning = rates(box.node) if with_rates else ""
    lines = (*_wrapped(options(box.node)), cost(parameters, box.macs), learning, losses(box.node))
    rows = [_title(box), *(row(f"<TD>{small(line)}</TD>") for line in lines if line)]
    rows += [_badges(marks)] if (marks := _marks(box)) else []
    rows += [_types(box.folded)] if compact and box.folded else [_folded(each, box, with_rates) for each in box.folded]
    return table(rows)


def _title(box: Box) -> str:
    name = f"<TD><B>{escaped(name_words(box.node.name))}</B> {small(box.node.type)}</TD>"
    told = "" if box.parts else devices(box.node)  # strips tell it better
    where = f"<TD {BADGE}>{small(printable(told), SMALLER)}</TD>" if told else ""
    return row(f"<TD>{table([row(name + where)])}</TD>")


def _wrapped(words: Sequence[str]) -> Iterator[str]:
    """Put words on lines, as many as there is room for."""
    line = ""
    for word in words:
        if line and len(line) + len(word) + 2 > LONGEST_LINE:
            yield line
            line = ""
        line = f"{line}, {word}" if line else word
    yield line


def _marks(box: Box) -> list[str]:
    frozen = "frozen" if box.node.attributes.freeze else ""
    return [mark for mark in (box.only and f"only in {box.only}", frozen) if mark]


def _badges(marks: Sequence[str]) -> str:
    cells = "".join(f"<TD {BADGE}>{small(mark, SMALLER)}</TD>" for mark in marks)
    return row(f"<TD>{table([row(cells)])}</TD>")


def _folded(box: Box, host: Box, with_rates: bool) -> str:
    """Write a folded layer on a stripe of its own colour; where it runs, only if that is not where its host does."""
    own = devices(box.node)
    where = f"on {printable(own)}" if own and own != devices(host.node) and not box.parts else ""
    marks = [mark for mark in _marks(box) if mark not in _marks(host)]
    learning = rates(box.node) if with_rates else ""
    words = (box.node.type, *options(box.node), cost(box.parameters, box.macs), learning, where, *marks)
    name = f'<FONT POINT-SIZE="{SMALL}">{escaped(name_words(box.node.name))}</FONT>'
    fill = FILLS[box.node.layer.kind]
    return row(f'<TD BGCOLOR="{fill}">{name} {small(", ".join(filter(None, words)), SMALLER)}</TD>')


def _types(folded: Sequence[Box]) -> str:
    cells = "".join(
        f'<TD BGCOLOR="{FILLS[box.node.layer.kind]}" CELLPADDING="2">{small(box.node.type, SMALLER)}</TD>'
        for box in folded
    )
    return row(f"<TD>{table([row(cells)])}</TD>")
