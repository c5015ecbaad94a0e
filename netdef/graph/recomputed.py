"""Which steps of a plan run again in the backward pass, in the place of what autograd would keep of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from netdef.graph.plan import Compute, Piece


def checkpoint(step: object) -> str:
    """Return the group that has a step's layer recomputed, "" if none has.

    Sources have nothing to compute; a layer that runs a user's code, or writes files, would do so twice.
    """
    if not isinstance(step, Compute) or step.layer.source or not step.layer.traceable:
        return ""
    return step.node.attributes.checkpoint


def stretches(steps: Sequence[object], chosen: Iterable[int]) -> Iterator[tuple[bool, list[int]]]:
    """Cut a range of steps where recomputation begins or ends, or passes from one group to another."""
    for group, indices in groupby(chosen, lambda index: checkpoint(steps[index])):
        yield bool(group), list(indices)


def read_from_outside(steps: Iterable[object]) -> list[Piece]:
    """Return what some steps read that none of them makes."""
    own = [step for step in steps if isinstance(step, Compute)]
    made = {piece for step in own for piece in step.makes}
    return list(dict.fromkeys(piece for step in own for piece in step.reads if piece not in made))
