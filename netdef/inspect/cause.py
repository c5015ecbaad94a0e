"""What two nets do differently where they first differ: the options and parameters of the layers there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from google.protobuf.text_format import MessageToString

from netdef.graph.graph import Graph, Node
from netdef.inspect.comparison import difference
from netdef.inspect.recording import Array
from netdef.layers.shape import show
from netdef.module.layer_module import lengths
from netdef.net import Net
from netdef.prototxt import tree
from netdef.prototxt.diff import diff
from netdef.prototxt.parse import parse
from netdef.prototxt.same import compact
from netdef.schema import netdef_pb2 as schema

_NONE = "-"


@dataclass(frozen=True)
class Cause:
    """A layer in one line, as A and as B have it, and what differs."""

    a: str
    b: str
    differs: tuple[str, ...]


def makers(graph: Graph, blob: str) -> list[Node]:
    """Return the layers that write a blob, the first and those that work on it in place."""
    return [value.producer for value in graph.values() if value.name == blob]


def named(graph: Graph, layer: str) -> list[Node]:
    """Return the layers of a name."""
    return [node for node in graph.nodes if node.name == layer]


def described(node: Node) -> str:
    """Return a layer's message in one line."""
    return f"layer {compact(_tree(node))}"


def causes(a: Net, ones: Sequence[Node], b: Net, others: Sequence[Node]) -> list[Cause]:
    """Put layers of A beside those of B that do the same."""
    return [_cause(a, one, b, other) for one, other in zip_longest(ones, others)]


def _cause(a: Net, one: Node | None, b: Net, other: Node | None) -> Cause:
    if one is None or other is None:
        there, absent = (one, "B") if one else (other, "A")
        assert there is not None
        return Cause(_shown(one), _shown(other), (f'layer "{there.name}" is not in {absent}',))
    options = (str(change) for change in diff(_tree(one), _tree(other)))
    return Cause(_shown(one), _shown(other), (*options, *_parameters(a, one, b, other)))


def _shown(node: Node | None) -> str:
    return described(node) if node else _NONE


def _tree(node: Node) -> tree.Message:
    message = schema.LayerParameter()
    message.CopyFrom(node.layer.message)
    message.ClearField("blobs")
    return parse(MessageToString(message, as_utf8=True), "")


def _parameters(a: Net, one: Node, b: Net, other: Node) -> Iterator[str]:
    pairs = zip(_blobs(a, one), _blobs(b, other), strict=False)
    for index, (mine, his) in enumerate(pairs):
        found = difference(str(index), mine, str(index), his)
        if found.absolute is None:
            yield f"blob {index} is {show(found.shape)} in A, {show(found.other_shape)} in B"
        elif found.absolute:
            yield f"blob {index}, {show(found.shape)}: up to {found.absolute:.3g} apart ({found.relative:.1g})"


def _blobs(net: Net, node: Node) -> list[Array]:
    pieces = net.pieces
    wholes = (pieces[use.parameter].whole().reshape(lengths(use.shape)) for use in node.blobs)
    return [blob.float().cpu().numpy() for blob in wholes]
