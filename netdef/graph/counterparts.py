"""Which parameters of two nets are the same: a test net shares those of the train net."""

from __future__ import annotations

from netdef.errors import UsageError
from netdef.graph.graph import Graph, Node, Parameter
from netdef.layers.shape import compatible, show


def counterparts(graph: Graph, other: Graph) -> dict[Parameter, Parameter]:
    """Return for the parameters of a graph those of another, where both have a layer of one name.

    Layers of whose bottoms nothing is known are left out. Of several layers with one name each has its like.

    Raises: UsageError for a layer whose blobs differ.
    Source: Net::ShareTrainedLayersWith, net.cpp.
    """
    theirs = {node.key: node for node in other.nodes}
    pairs: dict[Parameter, Parameter] = {}
    for node in graph.nodes:
        if node.key not in theirs or any(bottom.shape is None for bottom in node.bottoms):
            continue
        _refuse_misfits(node, theirs[node.key])
        for mine, its in zip(node.blobs, theirs[node.key].blobs, strict=True):
            pairs.setdefault(mine.parameter, its.parameter)
    return pairs


def _refuse_misfits(node: Node, other: Node) -> None:
    mine, theirs = ([use.parameter for use in each.blobs] for each in (node, other))
    if len(mine) != len(theirs) or not all(map(_may_be_one, mine, theirs)):
        there, here = (", ".join(show(each.shape) for each in blobs) or "none" for blobs in (theirs, mine))
        raise UsageError(f'layer "{node.name}" cannot share its blobs with the other net: {there} there, {here} here')


def _may_be_one(one: Parameter, other: Parameter) -> bool:
    return one.learned == other.learned and compatible(one.shape, other.shape)
