"""Events as the lines that Caffe logs: people's scripts read them.

Source: solver.cpp (Step, Solve, Test, Snapshot), sgd_solver.cpp, net.cpp (ForwardDebugInfo,
BackwardDebugInfo, Backward).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import monotonic

from netdef.solver.events import (
    Event,
    FinalLoss,
    Finished,
    Measure,
    Norms,
    Outputs,
    PassMeasured,
    RateLowered,
    Tested,
    TestStarted,
    Trained,
    UpdateSkipped,
)


class CaffeLines:
    """Turns events into lines; counts time and iterations between those that it shows, for the speed.

    ``weights`` are the loss weights of the train net's outputs, ``display`` the solver's display interval.
    """

    def __init__(self, weights: Mapping[str, float], display: int) -> None:
        self.weights = weights
        self.display = display
        self.shown_at = monotonic()
        self.done = 0  # iterations since then

    def of(self, event: Event) -> list[str]:
        """Return the lines of an event, none for what is not logged; Caffe has no line for a lowered rate."""
        match event:
            case Trained():
                return self._trained(event)
            case UpdateSkipped():
                left_out = f"gradients overflow, the update is left out ({event.skipped} so far)"
                return [f"Iteration {event.iteration}: {left_out}; losses are scaled by {event.scale:g} from now on"]
            case TestStarted():
                return [f"Iteration {event.iteration}, Testing net (#{event.net})"]
            case Tested():
                loss = [] if event.loss is None else [f"Test loss: {event.loss:g}"]
                return [*loss, *outputs("Test", event.outputs, event.loss_weights)]
            case RateLowered():
                tests = "a test" if event.tests == 1 else f"{event.tests} tests"
                reason = f"{event.metric} has not got better than {event.best:g} in {tests}"
                return [f"Iteration {event.iteration}, lr = {event.lr:g}: {reason}"]
            case PassMeasured():
                norms = [norms_line(event.norms)] if event.norms else []
                return [*map(measure_line, event.measures), *norms]
            case FinalLoss():
                return [f"Iteration {event.iteration}, loss = {event.smoothed:g}"]
            case Finished():
                return ["Optimization stopped early." if event.early else "Optimization Done."]
        return []

    def _trained(self, event: Trained) -> list[str]:
        self.done += 1
        if not event.displayed:
            return []
        rate = f"Iteration {event.iteration}, lr = {event.lr:g}"
        return [
            f"Iteration {event.iteration} {self._speed()}, loss = {event.smoothed:g}",
            *outputs("Train", event.outputs, self.weights),
            rate,
        ]

    def _speed(self) -> str:
        """Tell the speed since the last line, and begin to count anew."""
        now = monotonic()
        seconds = now - self.shown_at
        per_second = self.done / seconds if seconds > 0 else 0.0
        self.shown_at, self.done = now, 0
        return f"({per_second:g} iter/s, {seconds:g}s/{self.display} iters)"


def outputs(net: str, values: Outputs, weights: Mapping[str, float]) -> Iterator[str]:
    """Return a line for each element of each output, with its share of the loss."""
    for number, (name, value) in enumerate(elements(values)):
        yield f"    {net} net output #{number}: {name} = {value:g}{share(weights.get(name, 0.0), value)}"


def measure_line(measure: Measure) -> str:
    """Return the line of a blob that debug_info has measured."""
    way, part = ("Backward", "diff") if measure.backward else ("Forward", "data")
    return f"    [{way}] Layer {measure.layer}, {measure.role} blob {measure.blob} {part}: {measure.value:g}"


def norms_line(norms: Norms) -> str:
    """Return the line of all parameters together that follows a backward pass."""
    l1 = f"L1 norm = ({norms.data_l1:g}, {norms.diff_l1:g})"
    l2 = f"L2 norm = ({norms.data_l2:g}, {norms.diff_l2:g})"
    return f"    [Backward] All net params (data, diff): {l1}; {l2}"


def elements(values: Outputs) -> Iterator[tuple[str, float]]:
    """Go through the single numbers of outputs, each with its output's name."""
    return ((name, float(value)) for name, array in values.items() for value in array.flat)


def share(weight: float, value: float) -> str:
    """Return what an output with a loss weight adds to the loss, as Caffe puts it behind the value."""
    return f" (* {weight:g} = {weight * value:g} loss)" if weight else ""
