"""Where Caffe's in-place layers change blobs of other names, since some tops have the memory of their bottom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from netdef.graph.graph import Node, Value


def changed_in_caffe(nodes: Sequence[Node]) -> Iterator[tuple[Node, Node, Value]]:
    """Go through the in-place layers that change in Caffe what a later layer reads under another name.

    Each comes with that layer and the blob as it reads it, which is not made from what the in-place layer writes.
    """
    if not any(node.layer.shares_memory for node in nodes):
        return
    readers: dict[Value, list[tuple[Node, Value]]] = defaultdict(list)
    for node in nodes:
        for bottom in node.bottoms:
            readers[_memory(bottom)[-1]].append((node, bottom))
    for writer in nodes:
        for top in writer.tops if writer.in_place else ():
            for reader, read in readers[_memory(top)[-1]]:
                if reader.index > writer.index and top not in _memory(read):
                    yield writer, reader, read


def _memory(value: Value) -> list[Value]:
    """Return a value and those whose memory it has in Caffe: first what it was made from, last what came first."""
    chain = [value]
    while (below := _below(chain[-1])) is not None:
        chain.append(below)
    return chain


def _below(value: Value) -> Value | None:
    node = value.producer
    if node.layer.shares_memory and node.bottoms:
        return node.bottoms[0]
    return node.bottoms[value.top] if value.version and value.top < len(node.bottoms) else None
