"""Which blobs have a row for each record of a batch, and which can be computed row by row."""

from __future__ import annotations

from netdef.graph.graph import Graph, Node, Value


def rowwise_blobs(graph: Graph) -> set[Value]:
    """Return the blobs whose rows can be computed one by one from the rows of the sources."""
    return _blobs(graph, mixed=False)


def record_blobs(graph: Graph) -> set[Value]:
    """Return the blobs that have a row for each record, also where statistics of the batch have gone into all rows."""
    return _blobs(graph, mixed=True)


def _blobs(graph: Graph, *, mixed: bool) -> set[Value]:
    found: set[Value] = set()
    for node in graph.nodes:
        if _keeps_rows(node, found, _batch(graph), mixed=mixed):
            found.update(node.tops)
    return found


def _keeps_rows(node: Node, known: set[Value], batch: int | None, *, mixed: bool) -> bool:
    if node.layer.source:
        return batch is not None and all(top.shape and top.shape[0] == batch for top in node.tops)
    shapes = [bottom.shape for bottom in node.bottoms if bottom.shape]
    whole = len(shapes) == len(node.bottoms) > 0 and known.issuperset(node.bottoms)
    return whole and (node.layer.by_rows(*shapes) or (mixed and node.layer.uses_batch_statistics))


def _batch(graph: Graph) -> int | None:
    shapes = [top.shape for source in graph.sources for top in source.tops[:1]]
    return shapes[0][0] if shapes and shapes[0] else None
