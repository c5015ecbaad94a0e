"""A contest: some contenders in the same rounds, and what netdef's time shall be as a share of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.contest.case import Case
from benchmarks.contest.contender import Contender, ContenderError
from benchmarks.contest.rounds import Round, play


@dataclass(frozen=True)
class Goal:
    """``who`` shall take at most so much of the time that ``by`` takes."""

    who: str
    by: str
    ratio: float


@dataclass(frozen=True)
class Contest:
    """What is compared: contenders by name, each with its engine and its case; the first one is netdef."""

    title: str
    contenders: dict[str, tuple[str, Case]]
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The rounds of a contest, and who could not take part and why."""

    contest: Contest
    threads: int
    clock: str
    rounds: list[Round]
    absent: dict[str, str]


def hold(contest: Contest, pythons: dict[str, str], threads: int, seconds: float, clock: str) -> Outcome:
    """Hold a contest; ``pythons`` name the interpreters of engines, those without one are absent."""
    with ExitStack() as opened:
        present = {
            name: opened.enter_context(Contender(name, engine, case, threads, pythons[engine], clock))
            for name, (engine, case) in contest.contenders.items()
            if engine in pythons
        }
        absent = {name: "not installed" for name in contest.contenders if name not in present}
        absent |= dict(_failures(present.values()))
        turns = {name: contender.turn for name, contender in present.items() if name not in absent}
        return Outcome(contest, threads, clock, play(turns, seconds), absent)


def _failures(contenders: Iterable[Contender]) -> Iterator[tuple[str, str]]:
    for contender in contenders:
        try:
            contender.wait()
        except ContenderError as error:
            yield contender.name, str(error)
