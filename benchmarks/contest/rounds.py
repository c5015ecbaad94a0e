"""Rounds, in which each contender has a turn: a machine that is busy for a while slows all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Round = dict[str, float]
"""The seconds of each contender's turn."""

WARM_UP = 2  # rounds that do not count: memory is found, kernels are chosen
REST = 0.15  # seconds before a turn: threads of the one before that spin, as OpenBLAS's do, would take a core from it
FEWEST, MOST = 3, 200


@dataclass(frozen=True)
class Spread:
    """The least, the middle and the greatest of some numbers."""

    least: float
    middle: float
    most: float


def play(turns: Mapping[str, Callable[[], float]], seconds: float, fewest: int = FEWEST) -> list[Round]:
    """Play rounds for so many seconds, and some at least.

    A turn of less than a millisecond or so is repeated by its caller if it is to be timed well.
    """
    for _ in range(WARM_UP):
        if sum(one_round(turns).values()) > seconds:
            break  # one long round warms enough
    end = time.monotonic() + seconds
    rounds: list[Round] = []
    while len(rounds) < fewest or (time.monotonic() < end and len(rounds) < MOST):
        rounds.append(one_round(turns))
    return rounds


def one_round(turns: Mapping[str, Callable[[], float]]) -> Round:
    return {name: rested(turn) for name, turn in turns.items()}


def rested(turn: Callable[[], float]) -> float:
    time.sleep(REST)
    return turn()


def spread(values: Sequence[float]) -> Spread:
    return Spread(min(values), median(values), max(values))


def times_of(rounds: Sequence[Round], name: str) -> Spread:
    """Return the spread of a contender's milliseconds."""
    return spread([each[name] * 1e3 for each in rounds])


def ratios_of(rounds: Sequence[Round], name: str, by: str) -> Spread:
    """Return the spread of a contender's times as shares of another's in the same round."""
    return spread([each[name] / each[by] for each in rounds])
