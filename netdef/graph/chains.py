"""Layers of a plan that follow each other so that they can run as one: by which rules is given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from netdef.graph.graph import Node, Value
from netdef.graph.plan import Compute, Piece, Plan, Step, Take
from netdef.layers.base import Layer


class Role(IntEnum):
    """What a layer does in a chain; roles only grow along it."""

    LINEAR = 0
    NORMALIZATION = 1
    AFFINE = 2
    SUM = 3
    RECTIFIER = 4
    MAXIMUM = 5


_Link = tuple[Compute, Role]


@dataclass(frozen=True)
class Rules:
    """Which layers stand in chains, and behind which.

    ``role`` tells what a layer can do; None if nothing. Chains begin at ``first`` roles, the last layers of the plan
    first, so that a sum goes to the one whose other bottom is there then; what remains begins at ``then`` ones, in the
    plan's order. With ``single`` a layer of a first role is a chain by itself.
    """

    role: Callable[[Layer], Role | None]
    follows: Callable[[Role, Role], bool]
    first: Collection[Role]
    then: Collection[Role]
    single: bool


@dataclass(frozen=True)
class Chain:
    """Steps of a plan that run as one, at the place of the last: nobody else sees what lies between them."""

    steps: tuple[Compute, ...]
    roles: tuple[Role, ...]

    @property
    def head(self) -> Compute:
        """The first step."""
        return self.steps[0]

    @property
    def addend(self) -> tuple[Take, ...] | None:
        """What the sum adds to the chain's own numbers; None if no sum stands behind another step."""
        for before, step, role in zip(self.steps, self.steps[1:], self.roles[1:], strict=False):
            if role is Role.SUM:
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


def chained(
    plan: Plan, rules: Rules, shown: Collection[Value] = (), alone: Collection[Node] = ()
) -> tuple[Step | Chain, ...]:
    """Return a plan's steps, those that can run as one in chains.

    ``shown`` are blobs that are asked for, which no chain hides; layers that are ``alone`` are in none.
    """
    chains = list(_Links(plan, rules, shown, alone).chains())
    last = {chain.makes[0]: chain for chain in chains}
    inside = {step.tops[0] for chain in chains for step in chain.steps}
    return tuple(_merged(plan.steps, last, inside))


def seen_outside(plan: Plan, shown: Collection[Value]) -> set[Piece]:
    """Return what a pass returns, and the blobs that are asked for."""
    returned = (*(takes for _, takes in plan.outputs), *(loss.taken for loss in plan.losses))
    asked = (piece for value in shown for piece in plan.pieces_of(value))
    return {*(take.piece for takes in returned for take in takes), *asked}


def _merged(steps: Iterable[Step], last: dict[Piece, Chain], inside: Collection[Piece]) -> Iterator[Step | Chain]:
    for step in steps:
        made = step.makes[0] if step.makes else None
        if made in last:
            yield last[made]
        elif made not in inside:
            yield step


class _Links:
    """Who reads what in a plan, and which steps are in a chain already, by what they make."""

    def __init__(self, plan: Plan, rules: Rules, shown: Collection[Value], alone: Collection[Node]) -> None:
        self.rules = rules
        able = ((step, rules.role(step.layer)) for step in plan.computes if step.node not in alone)
        self.by_top = {step.tops[0]: (step, role) for step, role in able if role is not None}
        self.readers: dict[Piece, list[Piece | None]] = defaultdict(list)
        for step in plan.steps:
            for piece in step.reads:
                self.readers[piece].append(step.makes[0] if step.makes else None)
        self.seen = seen_outside(plan, shown)
        self.taken: set[Piece] = set()

    def chains(self) -> Iterator[Chain]:
        """Make chains in the order of the rules."""
        first = [link for link in self.by_top.values() if link[1] in self.rules.first]
        then = [link for link in self.by_top.values() if link[1] in self.rules.then]
        for head in (*reversed(first), *then):
            if head[0].tops[0] not in self.taken:
                steps, roles = zip(*self._from(head), strict=True)
                if len(steps) > 1 or (self.rules.single and head[1] in self.rules.first):
                    self.taken.update(step.tops[0] for step in steps)
                    yield Chain(steps, roles)

    def _from(self, head: _Link) -> Iterator[_Link]:
        link: _Link | None = head
        while link is not None:
            yield link
            link = self._next(*link)

    def _next(self, step: Compute, role: Role) -> _Link | None:
        """Return the step that alone reads what this one makes, if it can do its part behind it."""
        (top,) = step.tops
        readers = self.readers[top]
        if top in self.seen or len(readers) != 1 or readers[0] is None:
            return None
        follower = self.by_top.get(readers[0])
        if follower is None or follower[0].tops[0] in self.taken or not self.rules.follows(role, follower[1]):
            return None
        return follower if follower[0].node.attributes.checkpoint == step.node.attributes.checkpoint else None
