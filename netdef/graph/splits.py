"""The Split layers that Caffe would have put into a net: of several readers of a blob each reads a copy of its own.

netdef needs none; writers of weights files name them, since readers may expect them.
Source: insert_splits.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass

from netdef.graph.graph import Graph, Node, Value


@dataclass(frozen=True)
class SplitLayer:
    """A layer as Caffe would name and wire it; a Split that was put in has no ``node``, but the value ``copied``."""

    name: str
    type: str
    bottoms: tuple[str, ...]
    tops: tuple[str, ...]
    node: Node | None
    copied: Value | None = None


def with_splits(graph: Graph) -> list[SplitLayer]:
    """Return the graph's layers with Caffe's Splits among them."""
    layers: list[SplitLayer] = []
    for node in graph.nodes:
        bottoms = tuple(_read_name(value, node, index) for index, value in enumerate(node.bottoms))
        tops = tuple(top.name for top in node.tops)
        layers.append(SplitLayer(node.name, node.type, bottoms, tops, node))
        layers += [_split(top) for top in node.tops if _copies(top) > 1]
    return layers


def is_read_as_loss(value: Value) -> bool:
    """Whether others read a value that counts as a loss by a weight in the file: Caffe puts out a copy of it."""
    given = value.producer.layer.message.loss_weight[value.top : value.top + 1]
    return any(given) and bool(value.consumers)


def _copies(value: Value) -> int:
    """Return how many read the value; a loss counts as a reader of its own where the file gives its weight."""
    return len(value.consumers) + is_read_as_loss(value)


def _split(value: Value) -> SplitLayer:
    copies = tuple(_copy_name(value, number) for number in range(_copies(value)))
    return SplitLayer(_split_name(value), "Split", (value.name,), copies, None, value)


def _split_name(value: Value) -> str:
    return f"{value.name}_{value.producer.name}_{value.top}_split"


def _copy_name(value: Value, number: int) -> str:
    return f"{_split_name(value)}_{number}"


def _read_name(value: Value, node: Node, bottom: int) -> str:
    if _copies(value) < 2:
        return value.name
    number = value.consumers.index((node, bottom)) + _copies(value) - len(value.consumers)
    return _copy_name(value, number)
