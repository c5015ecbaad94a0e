"""Outcomes as text, for people and for a page in Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from benchmarks.contest.contest import Goal, Outcome
from benchmarks.contest.rounds import Spread, ratios_of, times_of

HEAD = (
    "| | milliseconds: least, median, most | {first}'s time over its: least, median, most | of the least times | goal |"
)


def text_of(outcome: Outcome) -> str:
    """Return a heading, and a table with a row for each contender."""
    contest, rounds = outcome.contest, outcome.rounds
    title = f"### {contest.title} (threads: {outcome.threads}, {len(rounds)} rounds, {outcome.clock} clock)"
    first = next(iter(contest.contenders))
    return "\n".join([title, "", HEAD.format(first=first), "| --- | --- | --- | --- | --- |", *_rows(outcome, first)])


def _rows(outcome: Outcome, first: str) -> Iterator[str]:
    for name in outcome.contest.contenders:
        if reason := outcome.absent.get(name):
            yield f"| {name} | {reason} | | | |"
            continue
        ratio = "| |" if name == first else f"{_ratios(outcome, first, name)} |"
        yield f"| {name} | {_numbers(times_of(outcome.rounds, name), 1)} | {ratio} {_verdicts(outcome, name)} |"


def _ratios(outcome: Outcome, who: str, by: str) -> str:
    return f"{_numbers(ratios_of(outcome.rounds, who, by), 2)} | {_of_least(outcome, who, by):.2f}"


def _of_least(outcome: Outcome, who: str, by: str) -> float:
    return times_of(outcome.rounds, who).least / times_of(outcome.rounds, by).least


def _numbers(values: Spread, digits: int) -> str:
    return ", ".join(f"{value:.{digits}f}" for value in (values.least, values.middle, values.most))


def _verdicts(outcome: Outcome, by: str) -> str:
    goals = (goal for goal in outcome.contest.goals if goal.by == by and goal.who not in outcome.absent)
    return "; ".join(_verdict(outcome, goal) for goal in goals)


def _verdict(outcome: Outcome, goal: Goal) -> str:
    found = ratios_of(outcome.rounds, goal.who, goal.by).middle
    word = "reached" if found <= goal.ratio else "missed"
    return f"{goal.who} ≤ {goal.ratio:.2f}: {word} ({found:.2f})"


def object_of(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome for JSON: all seconds of all rounds, with what is made of them."""
    contest, rounds = outcome.contest, outcome.rounds
    present = [name for name in contest.contenders if name not in outcome.absent]
    return {
        "title": contest.title,
        "threads": outcome.threads,
        "clock": outcome.clock,
        "rounds": rounds,
        "absent": outcome.absent,
        "milliseconds": {name: asdict(times_of(rounds, name)) for name in present},
        "ratios": {name: asdict(ratios_of(rounds, present[0], name)) for name in present[1:]},
        "goals": [asdict(goal) for goal in contest.goals],
    }
