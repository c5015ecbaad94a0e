"""Abbreviated trees to plain ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdef.prototxt.expand import expand, is_abbreviated
from netdef.prototxt.parse import parse, parse_on
from netdef.prototxt.same import meaning
from netdef.prototxt.write import write
from tests.prototxt.expand.expanding import expanded
from tests.prototxt.texts import texts

EXAMPLE = """\
block {
  name: "pair"
  argument: "name"
  argument { name: "width" default: 8 }
  layer { name: "${name}" n: ${width} top: "s" }
  layer { name: "$${x}" bottom: ${previous} top: "t" }
}
"""


@given(texts())
def test_a_plain_file_stays_the_very_same(text: str) -> None:
    tree = parse_on(text, "f").tree
    done = expand(tree, "f")
    assert done.tree is tree
    assert not done.problems


@st.composite
def abbreviated(draw: st.DrawFn) -> str:
    """Draw files that use a block, repeat it, and have plain text between."""
    lines = [EXAMPLE] if draw(st.booleans()) else ['name: "n"\n', EXAMPLE]
    for number, part in enumerate(draw(st.lists(st.sampled_from(["use", "repeat", "plain"]), max_size=5))):
        use = f'use {{ block: "pair" name: "{number}_${{i}}" width: ${{9 * i}} }}'
        repeat = f'repeat {{ index: "i" times: {draw(st.integers(0, 3))} {use} }}'
        forms = {"use": use.replace("_${i}", "").replace("* i", "* 2"), "repeat": repeat, "plain": draw(texts(1))}
        lines += [forms[part], draw(st.sampled_from(["\n", " # behind\n", "\n\n# note\n"]))]
    return "".join(lines)


@given(abbreviated())
def test_what_is_written_out_has_nothing_to_write_out(text: str) -> None:
    once = expanded(text).tree
    assert not is_abbreviated(once)
    assert expand(once, "f").tree is once


@given(abbreviated())
def test_what_is_written_out_is_read_back_with_the_same_meaning(text: str) -> None:
    once = expanded(text).tree
    again = parse(write(once), "g")
    assert meaning(again) == meaning(once)
    assert write(again) == write(once)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ('name: "x" layer { include { phase: TRAIN } use: 1 block: 2 repeat: 3 }', False),
        ("include { phase: TRAIN }", False),
        ('include: "a"', True),
        ("block { }", True),
        ("use { }", True),
        ("repeat { }", True),
    ],
)
def test_only_the_top_level_has_abbreviations(text: str, is_one: bool) -> None:
    assert is_abbreviated(parse(text, "f")) is is_one


def test_a_tree_is_not_changed() -> None:
    tree = parse(
        EXAMPLE + 'layer { name: "l" top: "t" }\n# c\nuse { block: "pair" name: "x" }\n# d\nlayer { name: "m" }', "f"
    )
    before = write(tree)
    expand(tree, "f")
    assert write(tree) == before
