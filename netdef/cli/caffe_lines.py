"""Events as the lines that Caffe logs: people's scripts read them.

Source: solver.cpp (Step, Solve, Test, Snapshot), sgd_solver.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import monotonic

from netdef.solver.events import (
    Event,
    FinalLoss,
    Finished,
    Outputs,
    Tested,
    TestStarted,
    Trained,
)


class CaffeLines:
    """Turns events into lines; remembers when it last showed an iteration, for the speed.

    ``weights`` are the loss weights of the train net's outputs, ``display`` the solver's display interval.
    """

    def __init__(self, weights: Mapping[str, float], display: int) -> None:
        self.weights = weights
        self.display = display
        self.shown_at = monotonic()
        self.shown_iteration: int | None = None

    def of(self, event: Event) -> list[str]:
        """Return the lines of an event, none for what Caffe does not log."""
        match event:
            case Trained() if event.displayed:
                rate = f"Iteration {event.iteration}, lr = {event.lr:g}"
                return [self._speed(event), *outputs("Train", event.outputs, self.weights), rate]
            case TestStarted():
                return [f"Iteration {event.iteration}, Testing net (#{event.net})"]
            case Tested():
                loss = [] if event.loss is None else [f"Test loss: {event.loss:g}"]
                return [*loss, *outputs("Test", event.outputs, event.loss_weights)]
            case FinalLoss():
                return [f"Iteration {event.iteration}, loss = {event.smoothed:g}"]
            case Finished():
                return ["Optimization stopped early." if event.early else "Optimization Done."]
        return []

    def _speed(self, event: Trained) -> str:
        now = monotonic()
        seconds = now - self.shown_at
        done = 0 if self.shown_iteration is None else event.iteration - self.shown_iteration
        per_second = done / seconds if seconds > 0 else 0.0
        self.shown_at, self.shown_iteration = now, event.iteration
        speed = f"({per_second:g} iter/s, {seconds:g}s/{self.display} iters)"
        return f"Iteration {event.iteration} {speed}, loss = {event.smoothed:g}"


def outputs(net: str, values: Outputs, weights: Mapping[str, float]) -> Iterator[str]:
    """Return a line for each element of each output, with its share of the loss."""
    number = 0
    for name, array in values.items():
        for value in array.flat:
            weight = weights.get(name, 0.0)
            share = f" (* {weight:g} = {weight * value:g} loss)" if weight else ""
            yield f"    {net} net output #{number}: {name} = {value:g}{share}"
            number += 1
