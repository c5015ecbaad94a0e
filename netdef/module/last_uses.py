"""When a forward pass can forget what it computed."""

from __future__ import annotations

from collections.abc import Sequence

from netdef.graph.chains import Chain
from netdef.graph.plan import Piece, Plan, Step, Take


def last_uses(plan: Plan, steps: Sequence[Step | Chain]) -> list[list[Piece]]:
    """Return for each of a plan's steps the pieces that nothing after it reads, but not what the pass returns."""
    kept = {take.piece for takes in _returned(plan) for take in takes}
    last: dict[Piece, int] = {}
    for index, step in enumerate(steps):
        for piece in (*step.reads, *step.makes):
            last[piece] = index
    dead: list[list[Piece]] = [[] for _ in steps]
    for piece, index in last.items():
        if piece not in kept:
            dead[index].append(piece)
    return dead


def _returned(plan: Plan) -> list[tuple[Take, ...]]:
    return [*(takes for _, takes in plan.outputs), *(loss.taken for loss in plan.losses)]
