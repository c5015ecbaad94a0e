"""Blobs that a Concat joins and that can be written where they end up: nothing is left for the Concat to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from netdef.graph.chains import Chain, Role, seen_outside
from netdef.graph.graph import Node, Value
from netdef.graph.plan import Compute, Piece, Plan, Step
from netdef.layers.channels import CHANNELS
from netdef.layers.concat import Concat
from netdef.layers.convolution import Convolution

IMAGE_AXES = 4


@dataclass(frozen=True)
class Place:
    """Where a blob comes to lie in a joined one: from one of its channels on."""

    joined: Piece
    start: int
    channels: int


def adjoining(
    plan: Plan, steps: Sequence[Step | Chain], shown: Collection[Value], alone: Collection[Node]
) -> dict[Piece, Place]:
    """Return the places of blobs that chains of convolutions make and that nothing but one Concat reads.

    ``shown`` are blobs that are asked for; of layers that are ``alone`` somebody wants to see what they do.
    """
    makers = {step.makes[0]: step for step in steps if isinstance(step, Chain) and _writes_channels(step)}
    readers, seen = Counter(piece for step in steps for piece in step.reads), seen_outside(plan, shown)
    free = {piece: chain for piece, chain in makers.items() if readers[piece] == 1 and piece not in seen}
    return {piece: place for step in _concats(steps, alone) for piece, place in _places(step, free)}


def _writes_channels(chain: Chain) -> bool:
    return isinstance(chain.head.layer, Convolution) and Role.MAXIMUM not in chain.roles


def _concats(steps: Iterable[Step | Chain], alone: Collection[Node]) -> Iterable[Compute]:
    computing = (step for step in steps if isinstance(step, Compute) and step.node not in alone)
    return (step for step in computing if isinstance(step.layer, Concat) and _joins_channels(step.layer))


def _joins_channels(concat: Concat) -> bool:
    return concat.axis.within(IMAGE_AXES) == CHANNELS


def _places(concat: Compute, free: Mapping[Piece, Chain]) -> Iterable[tuple[Piece, Place]]:
    """Yield the places of all that a Concat joins, if each of them is free to lie there."""
    pieces = [takes[0].piece for takes in concat.bottoms if len(takes) == 1 and takes[0].whole]
    if len(pieces) < len(concat.bottoms) or not all(piece in free for piece in pieces):
        return
    widths = [layer.outputs for piece in pieces if isinstance(layer := free[piece].head.layer, Convolution)]
    for index, piece in enumerate(pieces):
        yield piece, Place(concat.tops[0], sum(widths[:index]), sum(widths))
