"""How much of a step of LeNet is Python.

Run it as ``python -m benchmarks.profiles.python_share [--batch 64] [--steps 50]`` in the repository's folder. One
thread computes. Two things are told: what passes between torch's operators, in netdef and in its twin, as the profiler
sees it, its own cost included; and how much longer a step of netdef is than the same kernels called by hand, without a
graph or a solver, by the processor's clock. Below stand the functions that took longest by themselves.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
from collections.abc import Callable, Sequence
from statistics import median
from time import process_time

from benchmarks.contest.case import Case
from benchmarks.contest.worker import prepare
from benchmarks.profiles.lenet_by_hand import lenet_by_hand
from benchmarks.profiles.spans import Span, spans_of
from netdef.kernels.built import width

NET = "LeNet"
GOAL = 0.03
TIMES = 20  # as many steps are compared as are profiled, so many times
LINES = 12


def between_operators(step: Span) -> float:
    """Return the microseconds of a step in which no operator of torch runs."""
    return step.length - sum(span.length for span in step.inner)


def share(steps: Sequence[Span]) -> float:
    """Return the median share of the time between operators."""
    return median(between_operators(step) / step.length for step in steps)


def report(engine: str, step: Callable[[], object], steps: int) -> str:
    spans = spans_of(step, steps)
    between, whole = (median(each) / 1e3 for each in (map(between_operators, spans), (s.length for s in spans)))
    return f"| {engine} | {whole:.2f} | {between:.3f} | {share(spans):.1%} |"


def beside_by_hand(step: Callable[[], object], by_hand: Callable[[], object], rounds: int) -> str:
    """Compare a step with the same kernels called by hand, in turns."""
    pairs = [(_time(step), _time(by_hand)) for _ in range(rounds)]
    whole, more = median(own for own, _ in pairs), median(own - other for own, other in pairs)
    return (
        f"Of {whole * 1e3:.2f} ms the graph and the solver take {more * 1e3:.2f}, {more / whole:.1%}: so much less"
        f" take the same kernels called by hand. Goal: at most {GOAL:.0%}."
    )


def _time(step: Callable[[], object]) -> float:
    start = process_time()
    step()
    return process_time() - start


def slowest_functions(step: Callable[[], object], steps: int) -> str:
    """Return the functions in which a step spends most of its time, of which Python can see nothing below."""
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(steps):
            step()
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(LINES)
    return text.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=50)
    arguments = parser.parse_args()
    case = Case(NET, "train", arguments.batch)
    print(f"{case.title}\n\n| | milliseconds a step | between operators | share |\n| --- | --- | --- | --- |")
    steps = {engine: prepare(engine, case, 1) for engine in ("netdef", "PyTorch")}
    for engine, step in steps.items():
        print(report(engine, step, arguments.steps), flush=True)
    if width() is None:
        print("\nThere are no kernels to call by hand.\n")
    else:
        print(f"\n{beside_by_hand(steps['netdef'], lenet_by_hand(case), TIMES * arguments.steps)}\n")
    print(slowest_functions(steps["netdef"], arguments.steps))


if __name__ == "__main__":
    main()
