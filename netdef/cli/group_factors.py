"""The factors that layer groups put on learning rates and decay, written into the layers' own ``param``."""

from __future__ import annotations

from collections.abc import Iterator

from netdef.errors import DefinitionError, LayerError, Problem
from netdef.graph.build import examine
from netdef.graph.graph import Attributes, Node
from netdef.graph.groups import attributes
from netdef.graph.states import mentioned_states
from netdef.prototxt.edit import assign
from netdef.prototxt.path import slots
from netdef.prototxt.tree import Field, Message
from netdef.schema import netdef_pb2 as schema

FACTORS = ("lr_mult", "decay_mult")


def write_factors(tree: Message, net: schema.NetParameter) -> None:
    """Multiply what the groups of each layer say into the ``param`` of its blobs; ``net`` is what the tree means.

    Raises: DefinitionError for a group that no ``param`` can stand for.
    """
    if not net.layer_group:
        return
    blocks = [slot.value for slot in slots(tree, "layer")]
    nodes = dict(_nodes(net))
    groups = {group.name: group for group in net.layer_group}
    for position, (block, layer) in enumerate(zip(blocks, net.layer, strict=True)):
        said = _said(layer, groups)
        factors = (0.0, 0.0) if said.freeze else (said.lr_mult, said.decay_mult)
        if isinstance(block, Message) and factors != (1, 1) and position in nodes:
            _multiply(block, layer, _count(block, nodes[position], said), factors)


def _nodes(net: schema.NetParameter) -> Iterator[tuple[int, Node]]:
    """Go through the nodes of all states by the positions of their layers."""
    for state in mentioned_states(net):
        graph, _ = examine(net, state)
        yield from ((node.position, node) for node in graph.nodes)


def _said(layer: schema.LayerParameter, groups: dict[str, schema.LayerGroup]) -> Attributes:
    try:
        return attributes(layer, groups)
    except LayerError as error:
        raise DefinitionError([Problem(f'layer "{layer.name}" ({layer.type}): {error.message}')]) from None


def _count(block: Message, node: Node, said: Attributes) -> int:
    """Return how many blobs of a layer learn.

    Raises: DefinitionError where that is not known, or where frozen statistics have no words in Caffe.
    """
    title = f'layer "{node.name}" ({node.type})'
    if node.type == "BatchNorm":
        if said.freeze:
            hint = "write use_global_stats: true into its batch_norm_param, and take it out of the group"
            raise DefinitionError([Problem(f"{title}: its group freezes its statistics", block.place, hint)])
        return 0
    if any(bottom.shape is None for bottom in node.bottoms):
        hint = "write a param for each of its blobs yourself, and take it out of the group"
        raise DefinitionError([Problem(f"{title}: how many parameters it has is not known", block.place, hint)])
    return len(node.blobs)


def _multiply(block: Message, layer: schema.LayerParameter, count: int, factors: tuple[float, float]) -> None:
    """Set lr_mult and decay_mult of the first ``count`` blobs to what they were times the factors."""
    for index in range(count):
        if index >= len(layer.param):
            block.fields.append(Field("param", Message([], block.place, block.place), block.place))
        old = layer.param[index] if index < len(layer.param) else schema.ParamSpec()
        for name, factor in zip(FACTORS, factors, strict=True):
            if factor != 1:
                assign(block, f"param[{index}].{name}", f"{getattr(old, name) * factor:g}")
