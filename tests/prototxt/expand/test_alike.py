"""One mistake in a line that is used many times."""

from dataclasses import replace

from netdef.errors import Place, Problem, Severity
from netdef.prototxt.expand import told_once

LINE = Place("blocks", 9, 3)


def problem(layer: str, what: str, use: int) -> Problem:
    return Problem(f'layer "{layer}": {what}', replace(LINE, via=Place("net", use, 1)), "a hint", ("evidence",))


def test_what_differs_only_in_names_is_told_once() -> None:
    found = told_once([problem(f"conv{use}", 'unknown field "pd"', use) for use in range(3)])
    assert [str(one) for one in found] == [
        'blocks:9:3 (used at net:0:1): layer "conv0": unknown field "pd"\n    evidence\n'
        "    and 2 more like it, from other uses of this line\n    a hint"
    ]


def test_a_line_with_one_use_has_no_others() -> None:
    first = Problem('layer "a": no "x"', LINE)
    assert told_once([first, Problem('layer "a": no "x"', LINE, "another hint")]) == [first]


def test_numbers_lines_and_severity_tell_mistakes_apart() -> None:
    first = problem("a", "kernel_size is 3", 1)
    others = [
        problem("b", "kernel_size is 5", 2),
        replace(first, place=replace(LINE, line=10)),
        replace(first, place=replace(LINE, file="others")),
        replace(first, severity=Severity.WARNING),
    ]
    assert told_once([first, *others]) == [first, *others]


def test_order_and_problems_without_a_place_stay() -> None:
    nowhere = Problem('no "file"')
    elsewhere = Problem('no "net"')
    a, b = problem("a", "x", 1), problem("b", "x", 2)
    found = told_once([nowhere, a, elsewhere, b])
    assert [one.message for one in found] == ['no "file"', 'layer "a": x', 'no "net"']
