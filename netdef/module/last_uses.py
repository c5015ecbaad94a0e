"""When a forward pass can forget what it computed."""

from __future__ import annotations

from netdef.graph.plan import Piece, Plan, Take


def last_uses(plan: Plan) -> list[list[Piece]]:
    """Return for each step the pieces that nothing after it reads; what the pass returns is not among them."""
    kept = {take.piece for takes in _returned(plan) for take in takes}
    last: dict[Piece, int] = {}
    for index, step in enumerate(plan.steps):
        for piece in (*step.reads, *step.makes):
            last[piece] = index
    dead: list[list[Piece]] = [[] for _ in plan.steps]
    for piece, index in last.items():
        if piece not in kept:
            dead[index].append(piece)
    return dead


def _returned(plan: Plan) -> list[tuple[Take, ...]]:
    return [*(takes for _, takes in plan.outputs), *(loss.taken for loss in plan.losses)]
