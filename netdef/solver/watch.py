"""Tests whose results may lower the learning rate."""

from __future__ import annotations

from collections.abc import Iterator

from netdef.solver.evaluation import Run
from netdef.solver.events import Event, RateLowered, Tested
from netdef.solver.policies import Policy


def watched(run: Run, policy: Policy) -> Run:
    """Pass on a test's events, each result followed by the drop of the rate that it brings about, if any."""
    while True:
        try:
            event = next(run)
        except StopIteration as end:
            return bool(end.value)
        yield event
        yield from _drop(event, policy)


def _drop(event: Event, policy: Policy) -> Iterator[RateLowered]:
    plateau = policy.plateau
    if not plateau or not isinstance(event, Tested) or plateau.metric not in event.outputs:
        return
    if plateau.take(event.iteration, float(event.outputs[plateau.metric].mean())):
        rate = policy.rate(event.iteration)
        yield RateLowered(event.iteration, rate, plateau.metric, plateau.memory.best, plateau.options.patience)
