"""Fields to abbreviations."""

import pytest

from netdef.errors import Problem
from netdef.prototxt.expand.forms import Repeat, Use
from netdef.prototxt.expand.reading import Reader
from netdef.prototxt.parse import parse
from netdef.prototxt.tree import Field


def read(text: str) -> tuple[object, list[str]]:
    problems: list[Problem] = []
    reader = Reader(problems)
    field = parse(text, "f").fields[0]
    found = reader.block(field) if field.name == "block" else reader.item(field)
    return found, [str(problem) for problem in problems]


def test_a_block() -> None:
    problems: list[Problem] = []
    reader = Reader(problems)
    arguments = 'argument: "a" argument: ["b", "c"] argument { name: "d" default: MAX }'
    text = f'block {{ name: "b" {arguments} layer {{ }} use {{ block: "e" }} }}'
    block = reader.block(parse(text, "f").fields[0])
    assert block
    assert not problems
    assert block.name == "b"
    assert {name: argument.default and argument.default.text for name, argument in block.arguments.items()} == {
        "a": None, "b": None, "c": None, "d": "MAX",
    }  # fmt: skip
    assert [type(item) for item in block.body] == [Field, Use]
    assert [str(argument.place) for argument in block.arguments.values()] == ["f:1:29", "f:1:44", "f:1:49", "f:1:54"]


def test_a_use() -> None:
    use, problems = read('use { block: "b" name: "x" width: ${4 * i} }')
    assert isinstance(use, Use)
    assert not problems
    assert (use.block, list(use.values)) == ("b", ["name", "width"])


@pytest.mark.parametrize(
    ("bounds", "first", "last"),
    [("times: 4", "1", "4"), ("from: 2 to: ${n}", "2", "${n}"), ("to: 3 from: -1", "-1", "3")],
)
def test_a_repeat(bounds: str, first: str, last: str) -> None:
    repeat, problems = read(f'repeat {{ index: "i" {bounds} layer {{ }} repeat {{ index: "j" times: 2 }} }}')
    assert isinstance(repeat, Repeat)
    assert not problems
    assert (repeat.index, repeat.first.text, repeat.last.text) == ("i", first, last)
    assert [type(item) for item in repeat.body] == [Field, Repeat]


def test_anything_else_stays_as_it_is() -> None:
    field, problems = read('layer { name: "x" }')
    assert isinstance(field, Field)
    assert (field.name, problems) == ("layer", [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("block { layer { } }", 'f:1:1: block has no name\n    write block { name: "pair"'),
        ("block { name: [1] }", "f:1:9: block: name must be a single value"),
        (
            'block { name: "b" argument: "n" argument: "n" }',
            'f:1:43: argument "n" is given twice, may be given once\n    first at f:1:29',
        ),
        ('block { name: "b" argument: n }', 'f:1:29: argument is n, must be a string in quotes\n    write "n"'),
        ('block { name: "b" argument { default: 1 } }', "f:1:19: argument has no name\n    write argument { name: "),
        ('block { name: "b" argument { name: "a" value: 1 } }', "f:1:40: argument: value is neither name nor default"),
        ('block { name: "b" argument { name: "a" default { } } }', "f:1:40: argument: default must be a single value"),
        ('block { name: "b" argument: "previous" }', 'f:1:29: "previous" has a meaning of its own'),
        ('block { name: "b" block { name: "c" } }', "f:1:19: block stands at the top level of a file, not inside"),
        ('block { name: "b" include: "c" }', "f:1:19: include stands at the top level of a file, not inside"),
        ("use { }", 'f:1:1: use has no block\n    write use { block: "pair"'),
        ('use { block: "b" n: [1, 2] }', "f:1:18: use: n must be a single value"),
        ('use { block: "b" n { m: 1 } }', "f:1:18: use: n must be a single value"),
        ('use { block: "b" n: 1 n: 2 }', "f:1:23: use: n is given twice, may be given once\n    first at f:1:18"),
        ('use { block: "${b}" }', 'f:1:14: use: block is "${b}", must be a plain name without expressions'),
        ('use: "b"', "f:1:1: use must have braces"),
        ("repeat: 3", "f:1:1: repeat must have braces"),
        ("repeat { times: 3 }", "f:1:1: repeat has no index"),
        ('repeat { index: "i" }', "f:1:1: repeat must have either times, or from and to"),
        ('repeat { index: "i" from: 1 }', "f:1:1: repeat must have either times, or from and to"),
        ('repeat { index: "i" from: 1 to: 2 times: 2 }', "f:1:1: repeat must have either times, or from and to"),
        ('repeat { index: "i" times { } }', "f:1:21: repeat: times must be a single value"),
        ('repeat { index: "i-1" times: 2 }', 'f:1:10: "i-1" cannot be a name in expressions'),
        ('repeat { index: "i" times: 2 include: "c" }', "f:1:30: include stands at the top level of a file"),
    ],
)
def test_complaints(text: str, said: str) -> None:
    (problem,) = read(text)[1]
    assert problem.startswith(said)


def test_all_mistakes_are_told_at_once() -> None:
    text = 'block { argument: 3 use { } repeat { index: "i" } block { } }'
    assert len(read(text)[1]) == 5


def test_a_rule_that_strayed_from_its_layer_is_no_include() -> None:
    _, problems = read('block { name: "b" include { phase: TRAIN } }')
    assert not problems
