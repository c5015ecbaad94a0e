"""The arrows of a diagram in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graphviz import Digraph

from netdef.draw.diagram import Arrow, Diagram, LooseEnd
from netdef.draw.markup import escaped, name_words, row, table
from netdef.draw.palette import FAINT_LINE, device_color
from netdef.draw.ports import box_id, entry, exit_of
from netdef.draw.strands import Strand, exchanged
from netdef.draw.words import in_bytes
from netdef.layers.shape import show

SCALAR = show(())
MOST_STRANDS = 7  # of more, nobody could follow each
LOOSE = {"shape": "plaintext", "style": "", "fontsize": "9", "height": "0", "width": "0", "margin": "0.03"}
CROSSING_WIDTH = "2"
Attributes = Mapping[str, str]


def add_edges(source: Digraph, drawn: Diagram, rankdir: str) -> None:
    """Draw all arrows: those of blobs on one device, and of others strand by strand, where these are not too many."""
    for arrow in drawn.arrows:
        _add_arrow(source, arrow, drawn, rankdir)
    for number, end in enumerate(drawn.loose_ends):
        _add_loose_end(source, end, number, drawn, rankdir)


def _add_arrow(source: Digraph, arrow: Arrow, drawn: Diagram, rankdir: str) -> None:
    attributes = {"weight": "4"} if arrow.learning else {"style": "dashed", "color": FAINT_LINE}
    if _is_plain(arrow):
        ends = box_id(arrow.tail), box_id(arrow.head)
        source.edge(*ends, label=_framed(_words(arrow) + _copied(arrow)), **{**attributes, **_bundle(arrow)})
        return
    for strand, lines in _told(arrow):
        ends = exit_of(arrow.tail, strand.source, rankdir), entry(arrow.head, strand.target, rankdir)
        label = {"label": _framed(*lines)} if lines else {}
        source.edge(*ends, **label, **{**attributes, **_stroke(strand, drawn)})


def _add_loose_end(source: Digraph, end: LooseEnd, number: int, drawn: Diagram, rankdir: str) -> None:
    name = f"end{number}"
    source.node(name, label=_framed(_words(end)), **LOOSE)
    if _is_plain(end):
        source.edge(box_id(end.tail), name, **_bundle(end))
        return
    for strand in end.strands:
        label = {"label": _framed(*strand.lines)} if strand.crosses and strand.lines else {}
        source.edge(exit_of(end.tail, strand.source, rankdir), name, **label, **_stroke(strand, drawn))


def _is_plain(blob: Arrow | LooseEnd) -> bool:
    """Tell whether one arrow stands for the blob: there are no strands, only one at home, or too many."""
    few = len(blob.strands) <= MOST_STRANDS
    return not few or not any(strand.crosses or len(blob.strands) > 1 for strand in blob.strands)


def _bundle(blob: Arrow | LooseEnd) -> Attributes:
    return {"penwidth": CROSSING_WIDTH} if exchanged(blob.strands) != 0 else {}


def _stroke(strand: Strand, drawn: Diagram) -> Attributes:
    """Draw what crosses in the colour of the device that it comes from."""
    if not strand.crosses:
        return {}
    color = device_color(drawn.devices.index(strand.source))
    return {"penwidth": CROSSING_WIDTH, "color": color, "fontcolor": color, "weight": "1"}


def _told(arrow: Arrow) -> Iterator[tuple[Strand, Sequence[str]]]:
    """Go through the strands and what to write at each: at those that cross, if any do, for the sake of room.

    The blob's name, where it needs one, stands at the first.
    """
    name = _name(arrow)
    crossing = any(strand.crosses and strand.lines for strand in arrow.strands)
    for strand in arrow.strands:
        lines = strand.lines if strand.crosses or not crossing else ()
        yield strand, (f"{name} {lines[0]}".strip(), *lines[1:]) if lines else ()
        name = "" if lines else name


def _words(blob: Arrow | LooseEnd) -> str:
    """Write a blob's shape, and its name where it needs one."""
    name = _name(blob)
    shape = "" if name and blob.shape == SCALAR else blob.shape
    return " ".join(filter(None, (name, shape)))


def _copied(arrow: Arrow) -> str:
    """Write how much crosses in strands that are not drawn."""
    size = exchanged(arrow.strands)
    return "" if size == 0 else f", {in_bytes(size)} cross"


def _name(blob: Arrow | LooseEnd) -> str:
    """Write a blob's name where it is not that of its layer."""
    return "" if blob.blob == blob.tail.node.name else name_words(blob.blob)


def _framed(*lines: str) -> str:
    """Return words as a label at a distance from the line."""
    cells = (f'<TD CELLPADDING="3">{escaped(words)}</TD>' for words in lines)
    return f"<{table([row(cell) for cell in cells])}>"
