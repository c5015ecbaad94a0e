"""Uses and repeats written out."""

from pathlib import Path

import pytest

from netdef.errors import Place
from netdef.prototxt.expand import writing
from netdef.prototxt.expand.writing import DEEPEST, MOST_TIMES
from netdef.prototxt.tree import Message
from tests.prototxt.expand.expanding import complaints, expanded, written

PAIR = """\
block {
  name: "pair"
  argument: "name"
  argument { name: "bottom" default: ${previous} }
  argument { name: "width" default: 8 }
  argument { name: "wide" default: ${4 * width} }
  layer { name: "${name}" bottom: ${bottom} top: "${name}" param { n: ${width} m: [1, ${wide}] } }
  layer { name: "${name}_relu" bottom: ${previous} top: ${previous} }
}
"""
DATA = 'layer { name: "data" top: "data" }\n'


def test_a_use_puts_the_body_in_its_place() -> None:
    assert written(PAIR + DATA + 'use { block: "pair" name: "a" width: 3 }\nlayer { name: "end" }') == (
        DATA + 'layer { name: "a" bottom: "data" top: "a" param { n: 3 m: [1, 12] } }\n'
        'layer { name: "a_relu" bottom: "a" top: "a" }\nlayer { name: "end" }\n'
    )


def test_what_is_given_wins_over_a_default() -> None:
    assert 'bottom: "x" top: "a" param { n: 8 m: [1, 5] }' in written(
        PAIR + 'use { block: "pair" name: "a" bottom: "x" wide: 5 }'
    )


def test_a_repeat_makes_a_chain() -> None:
    text = PAIR + DATA + 'repeat { index: "i" times: 3 use { block: "pair" name: "c${i}_${2 * i - 1}" width: ${i} } }'
    tops = [line.split('"')[1:4:2] for line in written(text).splitlines() if "_relu" not in line]
    assert tops == [["data", "data"], ["c1_1", "data"], ["c2_3", "c1_1"], ["c3_5", "c2_3"]]


@pytest.mark.parametrize(
    ("bounds", "numbers"),
    [("times: 2", "12"), ("times: 0", ""), ("from: 3 to: 5", "345"), ("from: 2 to: 2", "2"), ("from: 2 to: 1", "")],
)
def test_how_a_repeat_counts(bounds: str, numbers: str) -> None:
    assert written(f'repeat {{ index: "i" {bounds} x: ${{i}} }}').split() == [w for n in numbers for w in ("x:", n)]


def test_repeats_within_repeats_and_blocks_within_blocks() -> None:
    row = 'repeat { index: "x" times: ${n} use { block: "cell" at: "${x}/${y}" } }'
    text = f'block {{ name: "row" argument: ["y", "n"] {row} }}\n'
    text += 'block { name: "cell" argument: "at" cell: ${at} }\n'
    text += 'repeat { index: "y" from: 2 to: 3 use { block: "row" y: ${y} n: ${y} } }'
    assert written(text).split()[1::2] == ['"1/2"', '"2/2"', '"1/3"', '"2/3"', '"3/3"']


def test_places_are_those_of_the_body_by_way_of_the_uses(tmp_path: Path) -> None:
    (tmp_path / "blocks").write_text(PAIR + 'block { name: "two"\nuse { block: "pair" name: "a" }\n}')
    net = tmp_path / "net"
    (first, _) = expanded(
        f'include: "blocks"\n{DATA}repeat {{ index: "i" times: 1\n use {{ block: "two" }} }}', net
    ).tree.fields[1:]
    blocks = str(tmp_path / "blocks")
    use = Place(blocks, 11, 1, via=Place(str(net), 4, 2))
    assert first.place == Place(blocks, 7, 3, via=use)
    assert isinstance(first.value, Message)
    assert first.value.fields[0].place == Place(blocks, 7, 11, via=use)
    assert first.value.end == Place(blocks, 7, 98, via=use)


def test_texts_outside_of_blocks_stay_as_they_are() -> None:
    layer = 'layer { name: "${x}" source: "${DATA}/$${y}" n: ${2} }\n'
    assert written(layer + PAIR) == layer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'use { block: "pair" name: "a" }',
            "f:4:38 (used at f:10:1): no layer stands before this one\n    name the blob",
        ),
        (
            'use { block: "pair" name: "a" bottom: "x" width: 1.5 }',
            "f:6:36 (used at f:10:1): width is 1.5, must be a whole number",
        ),
        ('repeat { index: "i" times: "3" }', 'f:10:1: "3" is "3", must be a whole number'),
        ('repeat { index: "i" times: -1 }', "f:10:1: repeat counts from 1 to -1, may count up, 100,000 times at most"),
        ('repeat { index: "i" from: 5 to: 3 }', "f:10:1: repeat counts from 5 to 3, may count up"),
        ('repeat { index: "i" times: 100001 }', "f:10:1: repeat counts from 1 to 100001, may count up, 100,000 times"),
        ('repeat { index: "i" times: 99999999999999999999999999 }', "f:10:1: repeat counts from 1 to 999999"),
        ('repeat { index: "i" times: 1 x: ${1 // (i - 1)} }', "f:10:33: 1 // 0 has no value"),
    ],
)
def test_values_that_cannot_be(text: str, said: str) -> None:
    assert complaints(f"{PAIR}{text}")[0].startswith(said)


def test_the_rest_is_written_all_the_same() -> None:
    text = 'repeat { index: "i" times: 2 a: ${1 // (i - 1)} b: ${i} use { block: "no" } }\nuse { }\nx: 1'
    assert [field.name for field in expanded(text).tree.fields] == ["b", "a", "b", "x"]


def exponential(body: str, depth: int = 25) -> str:
    blocks = [
        f'block {{ name: "b{n}" use {{ block: "b{n + 1}" }} use {{ block: "b{n + 1}" }} }}\n' for n in range(depth)
    ]
    return "".join(blocks) + f'block {{ name: "b{depth}" {body} }}\nuse {{ block: "b0" }}'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(exponential('layer { name: "x" }'), id="layers"),
        pytest.param(exponential(""), id="empty blocks"),
        pytest.param(exponential("layer { " + "a { } " * 5000 + "}", 12), id="empty messages"),
        pytest.param(
            'repeat { index: "i" times: 100000 repeat { index: "j" times: 100000 layer { name: "${i}" } } }',
            id="repeats",
        ),
        pytest.param('repeat { index: "i" times: 100000 repeat { index: "j" times: 100000 } }', id="empty repeats"),
        pytest.param('repeat { index: "i" times: 100000 x: "${1}' + "." * 9000 + '" }', id="long texts"),
    ],
)
def test_nothing_grows_beyond_all_bounds(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_VALUES", 50_000)
    done = expanded(text)
    (problem,) = done.problems
    assert "written out, the file has more than 50,000 values" in str(problem)
    assert problem.place
    assert not done.tree.fields


def test_names_that_double_do_not_grow_without_end() -> None:
    blocks = "".join(
        f'block {{ name: "b{n}" argument: "x" use {{ block: "b{n + 1}" x: "${{x}}${{x}}" }} }}\n' for n in range(25)
    )
    found = complaints(blocks + 'block { name: "b25" argument: "x" x: ${x} }\nuse { block: "b0" x: "ab" }')
    assert len(found) == 1
    assert "the text has 16,384 bytes, may have 10,000" in found[0]


def test_the_deepest_nest_is_written() -> None:
    text = 'repeat { index: "i" times: 1 ' * 90 + "}" * 90
    indices = iter(range(90))
    while '"i"' in text:
        text = text.replace('"i"', f'"i{next(indices)}"', 1)
    assert f"more than {DEEPEST} deep" in complaints(text)[0]


def test_deep_messages_are_copied_at_any_depth() -> None:
    deep = "a { " * 90 + "b: ${x}" + " }" * 90
    blocks = [
        f'block {{ name: "b{n}" argument: "x" use {{ block: "b{n + 1}" x: ${{x}} }} }}\n' for n in range(DEEPEST - 1)
    ]
    text = "".join(blocks) + f'block {{ name: "b{DEEPEST - 1}" argument: "x" {deep} }}\nuse {{ block: "b0" x: 3 }}'
    assert "b: 3" in written(text)


def test_the_most_rounds_are_counted() -> None:
    assert len(expanded(f'repeat {{ index: "i" times: {MOST_TIMES} x: 1 }}').tree.fields) == MOST_TIMES
