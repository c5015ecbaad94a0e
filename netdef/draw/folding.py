"""Which layers share a box: one that works in place stands in the box of the layer whose blob it overwrites, if it runs
on the same devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netdef.graph.graph import Graph, Node


def hosts(graphs: Sequence[Graph], where: Mapping[Node, Sequence[str]]) -> dict[int, int]:
    """Map the file position of each layer to that of the layer in whose box it stands: its own, if it has a box.

    A layer is folded only where all graphs agree. ``where`` names the devices of layers that are placed.
    """
    below: dict[int, set[int]] = {}
    for graph in graphs:
        for node in graph.nodes:
            below.setdefault(node.position, set()).add(_overwritten(node, where))
    found: dict[int, int] = {}
    for position, candidates in sorted(below.items()):
        (candidate, *others) = candidates
        found[position] = position if others else found.get(candidate, position)
    return found


def _overwritten(node: Node, where: Mapping[Node, Sequence[str]]) -> int:
    """Return the position of the layer whose blob a node overwrites; the node's own, where others read that blob."""
    alone = len(node.bottoms) == len(node.tops) == 1 and len(node.bottoms[0].consumers) == 1
    if not (node.in_place and alone):
        return node.position
    below = node.bottoms[0].producer
    return below.position if where.get(node) == where.get(below) else node.position
