"""The single values that an abbreviation is given."""

import pytest

from netdef.errors import Place, Problem
from netdef.prototxt.expand.settings import Settings, can_be_used
from netdef.prototxt.parse import parse

HERE = Place("f", 1, 1)


def settings(text: str, *own: str) -> tuple[Settings, list[str]]:
    problems: list[Problem] = []
    found = Settings(parse(text, "f").fields[0], own or None, problems)
    found.text("index")
    return found, [str(problem) for problem in problems]


def test_own_fields_are_settings_and_others_the_rest() -> None:
    found, problems = settings('repeat { index: "i" times: 3 layer { } layer { } }', "index", "times", "from")
    assert not problems
    assert [field.name for field in found.rest] == ["layer", "layer"]
    assert found.text("index") == "i"
    times = found.scalar("times")
    assert times
    assert times.text == "3"
    assert found.scalar("from") is None


def test_where_nothing_is_named_all_are_settings() -> None:
    found, _ = settings('use { block: "b" index: "x" n: 4 }')
    assert list(found.fields) == ["block", "index", "n"]
    assert not found.rest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('repeat: "x"', "f:1:1: repeat must have braces\n    write repeat { index: "),
        ("repeat { times: 3 }", "f:1:1: repeat has no index\n    write repeat { index: "),
        (
            'repeat { index: "i" index: "j" }',
            "f:1:21: repeat: index is given twice, may be given once\n    first at f:1:10",
        ),
        ("repeat { index { } }", "f:1:10: repeat: index must be a single value"),
        ('repeat { index: ["i"] }', "f:1:10: repeat: index must be a single value"),
        ("repeat { index: i }", 'f:1:17: repeat: index is i, must be a string in quotes\n    write "i"'),
        ("repeat { index: 3 }", "f:1:17: repeat: index is 3, must be a string in quotes"),
        ('repeat { index: "${i}" }', 'f:1:17: repeat: index is "${i}", must be a plain name without expressions'),
        ('repeat { index: "" }', 'f:1:17: repeat: index is "", must be a plain name without expressions'),
    ],
)
def test_complaints(text: str, said: str) -> None:
    (problem,) = settings(text)[1]
    assert problem.startswith(said)


@pytest.mark.parametrize("name", ["i", "_", "width2", "from"])
def test_names_for_expressions(name: str) -> None:
    assert can_be_used(name, HERE, [])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("previous", 'f:1:1: "previous" has a meaning of its own\n    choose another name'),
        ("block", 'f:1:1: "block" has a meaning of its own'),
        ("2nd", 'f:1:1: "2nd" cannot be a name in expressions\n    write letters, digits and _, no digit first'),
        ("a-b", 'f:1:1: "a-b" cannot be a name'),
        ("é", 'f:1:1: "é" cannot be a name'),
    ],
)
def test_names_that_are_refused(name: str, said: str) -> None:
    problems: list[Problem] = []
    assert not can_be_used(name, HERE, problems)
    assert str(problems[0]).startswith(said)
