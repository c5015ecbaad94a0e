"""How much of a step of LeNet is Python.

Run it as ``python -m benchmarks.profiles.python_share [--batch 64] [--steps 50]`` in the repository's folder. One
thread computes. Two things are told: how much of a step passes outside of its operators and kernels, once its passes
are repeated from a list; and how a step compares with the same kernels called by hand, without a graph or a solver,
by the processor's clock. Below stand the functions that took longest by themselves.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import perf_counter, process_time
from typing import Any

import torch

from benchmarks.contest.case import Case
from benchmarks.contest.worker import prepare
from benchmarks.profiles.lenet_by_hand import lenet_by_hand
from netdef.kernels.built import width
from netdef.repetition.repetition import Repetition
from netdef.solver.whole_step import StaticBatch

NET = "LeNet"
GOAL = 0.03
TIMES = 20  # as many steps are compared as are profiled, so many times
WARM_UP = 10  # steps: from then on passes are repeated
LINES = 12
COMPUTING: Sequence[tuple[Any, str]] = ((Repetition, "run"), (StaticBatch, "fill"), (torch, "_fused_sgd_"))
"""The list of a pass, copies of the batch to where it reads them, updates: operators and kernels, nothing else."""


def outside(step: Callable[[], object], rounds: int) -> str:
    """Tell how much of a step passes outside of operators and kernels."""
    with _measured() as spent:
        pairs = []
        for _ in range(rounds):
            spent.clear()
            whole = _time(step, perf_counter)
            pairs.append((whole, whole - sum(spent)))
    whole, rest = (median(each) for each in zip(*pairs, strict=True))
    share = median(rest / whole for whole, rest in pairs)
    return (
        f"Of {whole * 1e3:.2f} ms the graph and the solver take {rest * 1e3:.2f}, {share:.1%}: so much passes outside"
        f" of operators and kernels. Goal: at most {GOAL:.0%}."
    )


@contextmanager
def _measured() -> Iterator[list[float]]:
    """Gather the seconds of what computes."""
    spent: list[float] = []
    own = [(owner, name, getattr(owner, name)) for owner, name in COMPUTING]
    for owner, name, function in own:
        setattr(owner, name, _timed(function, spent))
    try:
        yield spent
    finally:
        for owner, name, function in own:
            setattr(owner, name, function)


def _timed(function: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        start = perf_counter()
        try:
            return function(*given, **named)
        finally:
            spent.append(perf_counter() - start)

    return timed


def beside_by_hand(step: Callable[[], object], by_hand: Callable[[], object], rounds: int) -> str:
    """Compare a step with the same kernels called by hand, in turns."""
    pairs = [(_time(step, process_time), _time(by_hand, process_time)) for _ in range(rounds)]
    whole, more = median(own for own, _ in pairs), median(own - other for own, other in pairs)
    return (
        f"It takes {abs(more) * 1e3:.2f} ms {'more' if more > 0 else 'less'} than the same kernels called by hand, with"
        f" autograd: {whole * 1e3:.2f}, {more / whole:+.1%}."
    )


def _time(step: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    step()
    return clock() - start


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
    case, rounds = Case(NET, "train", arguments.batch), TIMES * arguments.steps
    step = prepare("netdef", case, 1)
    for _ in range(WARM_UP):
        step()
    print(f"{case.title}\n\n{outside(step, rounds)}", flush=True)
    if width() is None:
        print("There are no kernels to call by hand.\n")
    else:
        print(f"{beside_by_hand(step, lenet_by_hand(case), rounds)}\n")
    print(slowest_functions(step, arguments.steps))


if __name__ == "__main__":
    main()
