"""How problems are told."""

from __future__ import annotations

from netdef.errors import DefinitionError, Place, Problem, Severity, told


def unknown(line: int, layer: str, what: str = "unknown field", via: Place | None = None) -> Problem:
    return Problem(f'layer "{layer}" (Pooling): {what}', Place("net", line, 5, via), "remove it")


def test_many_problems_of_one_kind_are_told_as_one() -> None:
    problems = [unknown(line, f"pool{line}") for line in range(3, 23)]
    assert told(problems) == [
        'net:3:5: layer "pool3" (Pooling): unknown field\n'
        "    remove it\n"
        "    and 19 times more, in lines 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, …, 22"
    ]
    assert str(DefinitionError(problems)) == told(problems)[0]


def test_some_problems_of_one_kind_name_each_of_their_lines() -> None:
    (text,) = told(unknown(line, "pool") for line in (4, 9, 9, 12))
    assert text.endswith("    and 3 times more, in lines 9, 12")


def test_few_problems_of_one_kind_are_told_one_by_one() -> None:
    problems = [unknown(line, "pool") for line in (4, 9, 12)]
    assert told(problems) == [str(problem) for problem in problems]


def test_few_problems_of_a_kind_stay_in_their_order_among_others() -> None:
    mixed = [unknown(line, "p", what) for line, what in enumerate(["wide", "flat", "wide", *["deep"] * 4, "flat"], 1)]
    assert [text.split(": ")[0] for text in told(mixed)] == [f"net:{line}:5" for line in (1, 2, 3, 4, 8)]


def test_kinds_stand_where_their_first_problems_do() -> None:
    mixed = [unknown(line, "p", what) for line, what in enumerate(["wide", "flat", *["wide"] * 4, *["flat"] * 4], 1)]
    assert [text.splitlines()[0] for text in told(mixed)] == [
        'net:1:5: layer "p" (Pooling): wide',
        'net:2:5: layer "p" (Pooling): flat',
    ]


def test_what_differs_is_another_kind() -> None:
    first = unknown(1, "p")
    others = [
        Problem(first.message, Place("other", 1, 5), first.hint),
        Problem(first.message, first.place, "rename it"),
        Problem(first.message, first.place, first.hint, severity=Severity.WARNING),
        Problem(first.message, None, first.hint),
        unknown(1, "p", via=Place("net", 30, 1)),
    ]
    assert len(told([first, *others])) == 6
