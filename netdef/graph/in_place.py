"""Where Caffe's in-place layers go wrong: a pass reads values that have been overwritten.

netdef computes the true numbers there; whoever compares them with Caffe's should know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netdef.graph.graph import Node, Value


def spoilt_in_caffe(nodes: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """Go through the layers whose backward pass in Caffe reads what is overwritten, each with the one that overwrites.

    That is a later layer that writes over a top, or the layer itself where it works in place.
    """
    for node in nodes:
        if node.backward and node.layer.backward_reads_top:
            yield from ((node, writer) for top in node.tops for writer in _overwriters(top))
        if node.backward and node.in_place and node.layer.backward_overwrites_itself:
            yield node, node


def lost_in_caffe(nodes: Sequence[Node]) -> Iterator[Node]:
    """Go through the layers whose forward pass in Caffe clears the memory of their first bottom before it reads it."""
    return (node for node in nodes if node.in_place and node.layer.forward_loses_first_bottom)


def lost_on_cpu(nodes: Sequence[Node]) -> Iterator[Node]:
    """Go through the layers whose forward pass in Caffe writes over its bottom before it reads it, on the CPU only."""
    return (node for node in nodes if node.in_place and node.layer.forward_overwrites_itself_on_cpu)


def _overwriters(value: Value) -> Iterator[Node]:
    """Go through the layers that write the next version of a blob over this one: one, or none."""
    for node, index in value.consumers:
        if index < len(node.tops) and node.tops[index].name == value.name and node.tops[index].version > value.version:
            yield node
