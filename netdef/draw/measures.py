"""The numbers of a graph that tables and pictures show: for one item of the batch, and each parameter once."""

from __future__ import annotations

from collections.abc import Iterable

from netdef.graph.graph import Graph, Node, Parameter
from netdef.layers.base import Layer
from netdef.layers.shape import Shape, count


def total(numbers: Iterable[int | None]) -> int | None:
    """Return the sum, or None if a number is not known."""
    known: list[int] = []
    for number in numbers:
        if number is None:
            return None
        known.append(number)
    return sum(known)


class Measures:
    """What is to be said of a graph's nodes.

    ``batch`` is the first axis of the first source's first top (in a net without sources, of the first top made from
    nothing), None where it is not known.
    """

    def __init__(self, graph: Graph) -> None:
        self.batch = _batch(graph)
        self._first_user: dict[Parameter, Node] = {}
        for node in graph.nodes:
            for use in node.blobs:
                self._first_user.setdefault(use.parameter, node)

    def parameters(self, node: Node) -> int | None:
        """Return how many numbers the node learns; shared ones count where they are used first."""
        if not _asked(node) and type(node.layer).parameters is not Layer.parameters:
            return None
        return total(count(shape) for shape in self._own(node))

    def _own(self, node: Node) -> list[Shape]:
        own = (use.parameter for use in node.blobs if self._first_user[use.parameter] is node)
        return [parameter.shape for parameter in dict.fromkeys(own) if parameter.learned]

    def macs(self, node: Node) -> int | None:
        """Return the multiply-accumulates for one item of the batch."""
        return 0 if type(node.layer).macs is Layer.macs else self.for_item(node.cost.macs)

    def for_item(self, whole: int | None) -> int | None:
        """Return what one item of the batch has of something that grows with the batch."""
        if whole == 0:
            return 0
        return whole // self.batch if whole and self.batch else None

    def activation_bytes(self, node: Node) -> int | None:
        """Return the bytes of the tops that the node newly writes, for the whole batch; in place it writes none."""
        if node.in_place:
            return 0
        return None if any(top.shape is None for top in node.tops) else node.cost.activation_bytes

    def item(self, shape: Shape | None) -> Shape | None:
        """Return a blob's shape for one item: without its first axis, where that is the batch."""
        return shape[1:] if shape and shape[0] == self.batch else shape


def _asked(node: Node) -> bool:
    """Tell whether the layer's rules could be asked: they need to know how many axes the bottoms have."""
    return all(bottom.shape is not None for bottom in node.bottoms)


def learned_shapes(node: Node) -> list[Shape]:
    """Return the shapes of the parameters that the node learns, shared ones too."""
    return [use.shape for use in node.blobs if use.parameter.learned]


def _batch(graph: Graph) -> int | None:
    starts = graph.sources or [node for node in graph.nodes if not node.bottoms and not node.blobs]
    for start in starts:
        for top in start.tops[:1]:
            return top.shape[0] if top.shape else None
    return None
