"""Which blobs can be computed row by row, each record of a batch by itself."""

from __future__ import annotations

from netdef.graph.graph import Graph, Node, Value


def rowwise_blobs(graph: Graph) -> set[Value]:
    """Return the blobs whose rows can be computed one by one from the rows of the sources."""
    found: set[Value] = set()
    for node in graph.nodes:
        if _is_rowwise(node, found, _batch(graph)):
            found.update(node.tops)
    return found


def _is_rowwise(node: Node, known: set[Value], batch: int | None) -> bool:
    if node.layer.source:
        return batch is not None and all(top.shape and top.shape[0] == batch for top in node.tops)
    shapes = [bottom.shape for bottom in node.bottoms if bottom.shape]
    whole = len(shapes) == len(node.bottoms) > 0 and known.issuperset(node.bottoms)
    return whole and node.layer.by_rows(*shapes)


def _batch(graph: Graph) -> int | None:
    shapes = [top.shape for source in graph.sources for top in source.tops[:1]]
    return shapes[0][0] if shapes and shapes[0] else None
