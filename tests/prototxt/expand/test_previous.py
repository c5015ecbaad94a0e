"""``${previous}``: the top of the layer before."""

import pytest

from netdef.prototxt.expand.expression import NoValueError
from netdef.prototxt.expand.previous import only_top
from netdef.prototxt.parse import parse


def top(text: str) -> str:
    return only_top(parse(text, "f").fields[0] if text else None).content.decode()


@pytest.mark.parametrize(
    "text", ['layer { name: "a" bottom: "x" top: "y" }', "layers { top: ['y'] phase_like: TEST }", 'layer { top: "y" }']
)
def test_it_is_the_only_top(text: str) -> None:
    assert top(text) == "y"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no layer stands before this one"),
        ('layer { name: "a" }', 'the layer before, "a", has 0 tops, must have one'),
        ('layer { name: "a" top: "x" top: "y" }', 'the layer before, "a", has 2 tops, must have one'),
        ('layer { name: "a" top: x }', 'the layer before, "a", has 1 tops, must have one'),
        ('layer { name: "a" top: "x" include { phase: TEST } }', "has a rule (include) and is not always there"),
        ('layer { name: "a" top: "x" exclude { phase: TEST } }', "has a rule (exclude) and is not always there"),
    ],
)
def test_in_doubt_there_is_none(text: str, words: str) -> None:
    with pytest.raises(NoValueError) as caught:
        top(text)
    assert words in str(caught.value)
    assert caught.value.hint == "name the blob instead of ${previous}"
