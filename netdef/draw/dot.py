"""A diagram in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count

from graphviz import Digraph, escape

from netdef.draw.box_label import box_label
from netdef.draw.clusters import Cluster, Frame, clusters
from netdef.draw.diagram import Box, Diagram, diagram
from netdef.draw.edges import add_edges
from netdef.draw.legend import head
from netdef.draw.markup import name_words, small
from netdef.draw.palette import FILLS, INK, LINE, border, cluster_colors
from netdef.draw.ports import box_id
from netdef.draw.spine import spine
from netdef.draw.strips import between_strips
from netdef.draw.tooltip import tooltip
from netdef.graph.graph import Graph

RANKDIRS = ("TB", "BT", "LR", "RL")
MANY_BOXES = 40
FONT = "Helvetica,Arial,sans-serif"

NODES = {
    **{"shape": "box", "style": "rounded,filled", "margin": "0.06,0.03"},
    **{"fontname": FONT, "fontsize": "11", "fontcolor": INK},
}
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
    compact = len(drawn.boxes) > MANY_BOXES
    label = partial(box_label, compact=compact, with_rates=with_rates)
    framed = partial(_between_strips, label=label, devices=drawn.devices, rankdir=rankdir)
    _add_cluster(source, clusters(drawn.boxes), count(), framed)
    for position in sorted(spine(drawn.boxes, drawn.arrows)):
        source.node(f"layer{position}", group="spine")  # arrows within a group are straight
    add_edges(source, drawn, rankdir)
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
        "ranksep": "0.45" if drawn.devices else "0.3",  # crossing arrows need room
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


def _between_strips(box: Box, label: Callable[[Box], str], devices: Sequence[str], rankdir: str) -> str:
    return between_strips(label(box), box, devices, rankdir) if box.parts else label(box)


def _add_box(source: Digraph, box: Box, label: str) -> None:
    fill = FILLS[box.node.layer.kind]
    source.node(
        box_id(box),
        label=f"<{label}>",
        id=f"layer-{box.position}",
        tooltip=r"\n".join(escape(escape(line)) for line in tooltip(box)),  # Graphviz reads tooltips twice
        fillcolor=fill,
        color=border(fill),
        style="rounded,filled,dashed" if box.only else "rounded,filled",
    )
