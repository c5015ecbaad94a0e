"""What autograd keeps of each layer for the backward pass, in bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from netdef.graph.graph import Node, Value
from netdef.kernels.built import are_built
from netdef.layers.base import FLOAT_BYTES
from netdef.layers.pooling import Pooling
from netdef.layers.pooling_windows import is_small
from netdef.layers.shape import Shape, count
from netdef.schema import netdef_pb2 as schema

INDEX_BYTES, FLAG_BYTES = 8, 1
IMAGE_AXES = 4
EXPONENTS_OF_KERNELS = (0.5, 0.75)  # of LRN

Held = tuple[object, int]
"""A blob, or what stands for a piece of memory that nobody else has; and its bytes."""


class Rule(NamedTuple):
    """What a layer keeps: its bottoms, its tops, and ``beside`` them so many bytes for each number of its first top.

    ``scratch`` is what its backward pass needs for itself, in bytes for each number of its first bottom.
    """

    bottoms: bool = False
    tops: bool = False
    beside: int = 0
    scratch: int = 0


NOTHING, BOTTOMS, TOPS = Rule(), Rule(bottoms=True), Rule(tops=True)
STRENGTHS = Rule(bottoms=True, beside=FLOAT_BYTES, scratch=3 * FLOAT_BYTES)
_BY_TYPE: dict[str, Rule] = {
    **dict.fromkeys(("Concat", "Slice", "Split", "Flatten", "Reshape", "Silence", "Bias"), NOTHING),
    "SoftmaxWithLoss": NOTHING,
    **dict.fromkeys(("Sigmoid", "TanH", "Softmax", "Exp"), TOPS),
    "Dropout": Rule(beside=FLAG_BYTES),
}
_CALLS: dict[str, Callable[[Node], Rule]] = {
    "ReLU": lambda node: BOTTOMS if node.layer.message.relu_param.negative_slope else TOPS,
    "LRN": lambda node: BOTTOMS if _finds_strengths_anew(node) else STRENGTHS,
    "Eltwise": lambda node: NOTHING if _sums(node) else BOTTOMS,
    "Pooling": lambda node: Rule(bottoms=True, beside=_place_bytes(node) if _takes_greatest(node) else 0),
}
VIEWS = frozenset(("Split", "Slice"))
SAME_GRADIENT = frozenset(("Concat", "Split", "Flatten", "Reshape"))


def rule(node: Node) -> Rule:
    """Return what a layer keeps; of types that are not listed its bottoms."""
    return _CALLS[node.type](node) if node.type in _CALLS else _BY_TYPE.get(node.type, BOTTOMS)


def kept(node: Node) -> Iterator[Held]:
    """Go through what a layer keeps; blobs may come several times, and from several layers.

    Raises: UnknownSize if a shape is not known.
    """
    own = rule(node)
    for index, bottom in enumerate(node.bottoms if own.bottoms else ()):
        if node.type == "InnerProduct" and _is_turned(bottom.shape):
            yield (node, index), size(bottom)  # a copy: images lie with their channels last
        elif node.layer.takes_gradient(index):
            yield storage(bottom), size(bottom)
    for top in node.tops if own.tops else ():
        yield storage(top), size(top)
    if own.beside:
        yield (node, "beside"), own.beside * numbers(node.tops[0])
    if node.type == "SoftmaxWithLoss":
        yield (node, "logarithms"), size(node.bottoms[0])


def shares_gradient(node: Node) -> bool:
    """Tell whether the gradients of the bottoms are the top's, or parts of it."""
    return node.type in SAME_GRADIENT or (node.type == "Eltwise" and _sums(node))


def storage(value: Value) -> Value:
    """Return the blob whose memory a blob shares: views have none of their own."""
    while value.producer.type in VIEWS and value.producer.bottoms:
        value = value.producer.bottoms[0]
    return value


class UnknownSize(Exception):
    """A shape that is not known."""


def size(value: Value) -> int:
    """Return the bytes of a blob.

    Raises: UnknownSize.
    """
    return FLOAT_BYTES * numbers(value)


def numbers(value: Value) -> int:
    """Return how many numbers a blob has.

    Raises: UnknownSize.
    """
    found = None if value.shape is None else count(value.shape)
    if found is None:
        raise UnknownSize
    return found


def _is_turned(shape: Shape | None) -> bool:
    return bool(shape) and len(shape or ()) == IMAGE_AXES and (shape or ())[2:] != (1, 1)


def _finds_strengths_anew(node: Node) -> bool:
    options = node.layer.message.lrn_param
    across = options.norm_region == schema.LRNParameter.ACROSS_CHANNELS
    return across and options.beta in EXPONENTS_OF_KERNELS and are_built()


def _sums(node: Node) -> bool:
    options = node.layer.message.eltwise_param
    return options.operation == schema.EltwiseParameter.SUM


def _place_bytes(node: Node) -> int:
    """Return in how many bytes a maximum's place is kept: compiled kernels need one, where windows are small enough."""
    assert isinstance(node.layer, Pooling)
    windows = node.layer.windows
    return FLAG_BYTES if windows is not None and is_small(windows) and are_built() else INDEX_BYTES


def _takes_greatest(node: Node) -> bool:
    return node.layer.message.pooling_param.pool == schema.PoolingParameter.MAX
