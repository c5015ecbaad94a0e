"""A diagram in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count

from graphviz import Digraph, escape

from netdef.draw.box_label import box_label
from netdef.draw.clusters import Cluster, Frame, clusters
from netdef.draw.diagram import Arrow, Box, Diagram, LooseEnd, diagram
from netdef.draw.legend import head
from netdef.draw.markup import escaped, name_words, row, small, table
from netdef.draw.palette import FAINT_LINE, FILLS, INK, LINE, border, cluster_colors
from netdef.draw.spine import spine
from netdef.draw.tooltip import tooltip
from netdef.graph.graph import Graph
from netdef.layers.shape import show

RANKDIRS = ("TB", "BT", "LR", "RL")
MANY_BOXES = 40
SCALAR = show(())
FONT = "Helvetica,Arial,sans-serif"

NODES = {
    **{"shape": "box", "style": "rounded,filled", "margin": "0.06,0.03"},
    **{"fontname": FONT, "fontsize": "11", "fontcolor": INK},
}
LOOSE = {"shape": "plaintext", "style": "", "fontsize": "9", "height": "0", "width": "0", "margin": "0.03"}
EDGES = {"color": LINE, "arrowsize": "0.6", "fontname": FONT, "fontsize": "9", "fontcolor": INK}


def dot(graphs: Sequence[Graph], rankdir: str = "TB", *, with_rates: bool = False) -> str:
    """Return the DOT source of a picture of one net in one or several phases.

    ``with_rates``: it tells the learning-rate multipliers, too.
    """
    drawn = diagram(graphs)
    source = Digraph(
        graph_attr=_graph_attributes(drawn, rankdir),
        node_attr=NODES,
        edge_attr=EDGES,
    )
    label = partial(box_label, compact=len(drawn.boxes) > MANY_BOXES, with_rates=with_rates)
    _add_cluster(source, clusters(drawn.boxes), count(), label)
    for position in sorted(spine(drawn.boxes, drawn.arrows)):
        source.node(f"layer{position}", group="spine")  # arrows within a group are straight
    for arrow in drawn.arrows:
        _add_arrow(source, arrow)
    for number, end in enumerate(drawn.loose_ends):
        _add_loose_end(source, end, number)
    return str(source.source)


def _graph_attributes(drawn: Diagram, rankdir: str) -> dict[str, str]:
    return {
        "rankdir": rankdir,
        "label": f"<{head(drawn)}>",
        "labelloc": "t",
        "labeljust": "l",
        "fontname": FONT,
        "fontcolor": INK,
        "bgcolor": "white",
        "nodesep": "0.25",
        "ranksep": "0.3",
        "pad": "0.2",
        "newrank": "true",
    }


def _add_cluster(source: Digraph, cluster: Cluster, numbers: Iterator[int], label: Callable[[Box], str]) -> None:
    for box in cluster.boxes:
        _add_box(source, box, label(box))
    for inner in cluster.inner.values():
        with source.subgraph(name=f"cluster_{next(numbers)}", graph_attr=_frame(inner.frame)) as inside:
            _add_cluster(inside, inner, numbers, label)


def _frame(frame: Frame) -> dict[str, str]:
    line, fill = cluster_colors(frame.color)
    title = "".join(f'{small(name_words(words))}<BR ALIGN="LEFT"/>' for words in frame.title)
    return {"label": f"<{title}>", "labeljust": "l", "style": "rounded,filled", "color": line, "fillcolor": fill}


def _add_box(source: Digraph, box: Box, label: str) -> None:
    fill = FILLS[box.node.layer.kind]
    source.node(
        _id(box),
        label=f"<{label}>",
        id=f"layer-{box.position}",
        tooltip=r"\n".join(escape(escape(line)) for line in tooltip(box)),  # Graphviz reads tooltips twice
        fillcolor=fill,
        color=border(fill),
        style="rounded,filled,dashed" if box.only else "rounded,filled",
    )


def _id(box: Box) -> str:
    return f"layer{box.position}"


def _add_arrow(source: Digraph, arrow: Arrow) -> None:
    attributes = {"weight": "4"} if arrow.learning else {"style": "dashed", "color": FAINT_LINE}
    source.edge(_id(arrow.tail), _id(arrow.head), label=_blob_label(arrow), **attributes)


def _blob_label(blob: Arrow | LooseEnd) -> str:
    """Write a blob's shape, and its name where it is not that of its layer, at a distance from the line."""
    name = "" if blob.blob == blob.tail.node.name else name_words(blob.blob)
    shape = "" if name and blob.shape == SCALAR else blob.shape
    words = escaped(" ".join(filter(None, (name, shape))))
    cell = f'<TD CELLPADDING="3">{words}</TD>'
    return f"<{table([row(cell)])}>"


def _add_loose_end(source: Digraph, end: LooseEnd, number: int) -> None:
    source.node(f"end{number}", label=_blob_label(end), **LOOSE)
    source.edge(_id(end.tail), f"end{number}")
