"""One mistake in a line that is used many times, told once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from netdef.errors import Place, Problem, Severity

_NAME = re.compile(r'"[^"]*"')
_Likeness = tuple[str, int, int, Severity, str]


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """Return the first of the problems that one line has in all its uses, and how many more there are.

    They are the same where they say the same but for names in quotes, such as the layer's. A line that no other brings
    in has one use, whose problems in several phases are one.
    """
    groups: dict[Problem | _Likeness, list[Problem]] = {}
    for problem in problems:
        key = _likeness(problem, problem.place) if problem.place else problem
        groups.setdefault(key, []).append(problem)
    return [_counted(first, sum(map(_is_brought_in, others))) for first, *others in groups.values()]


def _is_brought_in(problem: Problem) -> bool:
    return problem.place is not None and problem.place.via is not None


def _likeness(problem: Problem, place: Place) -> _Likeness:
    return place.file, place.line, place.column, problem.severity, _NAME.sub('""', problem.message)


def _counted(problem: Problem, others: int) -> Problem:
    if not others:
        return problem
    return replace(problem, evidence=(*problem.evidence, f"and {others} more like it, from other uses of this line"))
