"""Which blobs of a layer Caffe logs where ``debug_info`` is set, and by which names.

Source: Net::ForwardDebugInfo, BackwardDebugInfo, and param_propagate_down in Net::Init, net.cpp.
"""

from __future__ import annotations

from collections.abc import Sequence

from netdef.graph.graph import Graph, Node, Value
from netdef.graph.splits import SplitLayer, is_read_as_loss


def made_by(layer: SplitLayer) -> Sequence[Value]:
    """Return the value of each top: of a Split's the one that it copies."""
    if layer.node:
        return layer.node.tops
    return (layer.copied,) * len(layer.tops) if layer.copied else ()


def parameter_names(node: Node) -> list[str]:
    """Return how the parameters are called after a forward pass: by the names they are shared by, or by number."""
    return [use.parameter.name or str(index) for index, use in enumerate(node.blobs)]


def bottoms_with_gradient(layer: SplitLayer) -> list[int]:
    """Return the numbers of the bottoms that a gradient goes down to."""
    if layer.copied:
        return [0] if _goes_down_through_split(layer.copied) else []
    node = layer.node
    return [index for index, down in enumerate(node.propagates) if down] if node and node.backward else []


def _goes_down_through_split(value: Value) -> bool:
    if not value.producer.backward:
        return False
    return is_read_as_loss(value) or any(node.backward and node.propagates[bottom] for node, bottom in value.consumers)


def blobs_with_gradient(graph: Graph, node: Node) -> list[int]:
    """Return the numbers of the parameters whose gradients Caffe computes.

    It does so of BatchNorm's statistics unless the file says ``lr_mult: 0``, and finds zeros.
    """
    if not node.backward:
        return []
    return [index for index in range(len(node.blobs)) if graph.force_backward or _learns(node, index)]


def _learns(node: Node, index: int) -> bool:
    entries, parameter = node.layer.message.param, node.blobs[index].parameter
    unsaid = index >= len(entries) or entries[index].lr_mult != 0
    return unsaid and not parameter.frozen and (parameter.lr_mult != 0 or not parameter.learned)
