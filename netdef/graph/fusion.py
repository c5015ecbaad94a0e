"""Which layers can run as one where no gradient is wanted: a linear one, and those behind it that work elementwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from netdef.graph.graph import Node, Value
from netdef.graph.plan import Compute, Piece, Plan, Step, Take
from netdef.layers.base import Layer
from netdef.layers.batch_norm import BatchNorm
from netdef.layers.bias import Bias
from netdef.layers.convolution import Convolution
from netdef.layers.eltwise import Eltwise
from netdef.layers.inner_product import InnerProduct
from netdef.layers.relu import ReLU
from netdef.layers.scale import Scale
from netdef.schema import netdef_pb2 as schema

CHANNELS = 1  # the axis that all of them count from


class Role(IntEnum):
    """What a layer does in a chain; roles only grow along it, and only AFFINE ones may repeat."""

    LINEAR = 0
    AFFINE = 1
    SUM = 2
    RECTIFIER = 3


@dataclass(frozen=True)
class Chain:
    """Steps of a plan that run as one, at the place of the last: nobody else sees what lies between them."""

    steps: tuple[Compute, ...]

    @property
    def head(self) -> Compute:
        """The first step: it is linear or, where there is none, affine."""
        return self.steps[0]

    @property
    def addend(self) -> tuple[Take, ...] | None:
        """What the sum adds to the chain's own numbers; None if there is no sum."""
        for before, step in zip(self.steps, self.steps[1:], strict=False):
            if role(step.layer) is Role.SUM:
                return next(takes for takes in step.bottoms if takes[0].piece not in before.tops)
        return None

    @property
    def reads(self) -> tuple[Piece, ...]:
        """What has to be there before."""
        between = {top for step in self.steps[:-1] for top in step.tops}
        return tuple(piece for step in self.steps for piece in step.reads if piece not in between)

    @property
    def makes(self) -> tuple[Piece, ...]:
        """What is there after."""
        return self.steps[-1].tops


def role(layer: Layer) -> Role | None:
    """Return what a layer can do in a chain; None if nothing."""
    match layer:
        case Convolution() if type(layer) is Convolution:
            plain = layer.options.axis == CHANNELS and not layer.connections and len(layer.message.bottom) == 1
            return Role.LINEAR if plain else None
        case InnerProduct():
            return Role.LINEAR if layer.options.axis == CHANNELS else None
        case BatchNorm():
            return Role.AFFINE if layer.use_global else None
        case Scale() | Bias():
            by_channel = layer.options.axis == CHANNELS and layer.options.num_axes == 1
            return Role.AFFINE if by_channel and len(layer.message.bottom) == 1 else None
        case Eltwise():
            plain = layer.operation == schema.EltwiseParameter.SUM and not layer.coeffs
            return Role.SUM if plain and len(layer.message.bottom) == 2 else None
        case ReLU():
            return Role.RECTIFIER
    return None


def fused(plan: Plan, shown: Collection[Value] = (), alone: Collection[Node] = ()) -> tuple[Step | Chain, ...]:
    """Return a plan's steps, those that can run as one in chains.

    ``shown`` are blobs that are asked for, which no chain hides; layers that are ``alone`` are in none.
    """
    chains = list(_Links(plan, shown, alone).chains())
    last = {chain.steps[-1].tops[0]: chain for chain in chains}
    inside = {step.tops[0] for chain in chains for step in chain.steps}
    return tuple(_fused(plan.steps, last, inside))


def _fused(steps: Iterable[Step], last: dict[Piece, Chain], inside: Collection[Piece]) -> Iterator[Step | Chain]:
    for step in steps:
        made = step.makes[0] if step.makes else None
        if made in last:
            yield last[made]
        elif made not in inside:
            yield step


class _Links:
    """Who reads what in a plan, and which steps are in a chain already, by what they make."""

    def __init__(self, plan: Plan, shown: Collection[Value], alone: Collection[Node]) -> None:
        self.steps = [step for step in plan.computes if step.node not in alone and role(step.layer) is not None]
        self.readers: dict[Piece, list[Piece | None]] = defaultdict(list)
        for step in plan.steps:
            for piece in step.reads:
                self.readers[piece].append(step.makes[0] if step.makes else None)
        returned = (
            take.piece
            for takes in (*(t for _, t in plan.outputs), *(loss.taken for loss in plan.losses))
            for take in takes
        )
        self.seen = {*returned, *(piece for value in shown for piece in plan.pieces_of(value))}
        self.by_top = {step.tops[0]: step for step in self.steps}
        self.taken: set[Piece] = set()

    def chains(self) -> Iterator[Chain]:
        """Make chains from linear layers, the last first: a sum goes to the one whose other bottom is there then."""
        linear = [step for step in self.steps if role(step.layer) is Role.LINEAR]
        affine = [step for step in self.steps if role(step.layer) is Role.AFFINE]
        for head in (*reversed(linear), *affine):
            if head.tops[0] not in self.taken:
                steps = tuple(self._from(head))
                if len(steps) > 1 or head in linear:
                    self.taken.update(step.tops[0] for step in steps)
                    yield Chain(steps)

    def _from(self, head: Compute) -> Iterator[Compute]:
        step: Compute | None = head
        while step is not None:
            yield step
            step = self._next(step)

    def _next(self, step: Compute) -> Compute | None:
        """Return the step that alone reads what this one makes, if it can do its part behind it."""
        (top,) = step.tops
        readers = self.readers[top]
        if top in self.seen or len(readers) != 1 or readers[0] is None:
            return None
        follower = self.by_top.get(readers[0])
        if follower is None or follower.tops[0] in self.taken:
            return None
        mine, its = role(step.layer), role(follower.layer)
        return follower if mine is not None and its is not None and (its > mine or its is mine is Role.AFFINE) else None
