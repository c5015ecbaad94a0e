"""Whether all that is named is known."""

import pytest

from tests.prototxt.expand.expanding import complaints

PAIR = """\
block {
  name: "pair"
  argument: ["name", "width"]
  argument { name: "pad" default: ${width // 2} }
  layer { name: "${name}" n: ${width + pad} }
}
"""


@pytest.mark.parametrize(
    ("use", "said"),
    [
        ('use { block: "pear" name: "x" width: 3 }', 'f:7:1: there is no block "pear"\n    did you mean "pair"?'),
        (
            'use { block: "pair" name: "x" widht: 3 width: 3 }',
            'f:7:31: block "pair" has no argument "widht"\n    did you mean "width"?',
        ),
        (
            'use { block: "pair" name: "x" width: 3 zzz: 1 }',
            'f:7:40: block "pair" has no argument "zzz"\n    it takes name, width, pad',
        ),
        ('use { block: "pair" pad: 2 }', 'f:7:1: block "pair" needs name, width\n    add name: … width: …'),
        ('use { block: "pair" name: "x" width: ${n} }', 'f:7:38: nothing here is called "n"\n    known here: previous'),
        ('repeat { index: "i" times: ${n} }', 'f:7:28: nothing here is called "n"'),
        (
            'repeat { index: "i" times: 2 layer { a { b: "${ii}" } } }',
            'f:7:45: nothing here is called "ii"\n    did you mean "i"?',
        ),
        (
            'repeat { index: "i" times: 2 repeat { index: "i" times: 3 } }',
            'f:7:30: "i" is known here already\n    give the index',
        ),
        ('repeat { index: "i" times: 2 layer { name: "${i" } }', "f:7:44: the text has a ${ without its }"),
        (
            'repeat { index: "i" times: 2 layer { n: ${i /} } }',
            'f:7:41: unexpected "/" in the expression\n    write //',
        ),
    ],
)
def test_complaints(use: str, said: str) -> None:
    (problem,) = complaints(PAIR + use)
    assert problem.startswith(said)


def test_where_no_block_is_like_it_all_are_listed() -> None:
    assert complaints(PAIR + 'block { name: "other" }\nuse { block: "zzz" }') == [
        'f:8:1: there is no block "zzz"\n    there are pair, other'
    ]


def test_blocks_may_be_in_a_file_that_is_missing() -> None:
    (found,) = complaints('include: "nowhere"\nuse { block: "x" }')
    assert "no such file" in found


def test_without_any_block_the_hint_says_so() -> None:
    assert complaints('use { block: "x" }') == [
        'f:1:1: there is no block "x"\n    none is defined, here or in an included file'
    ]


def test_a_body_is_checked_once_however_often_it_is_used() -> None:
    text = PAIR.replace("${width + pad}", "${widht}")
    uses = 'use { block: "pair" name: "a" width: 3 }\nuse { block: "pair" name: "b" width: 4 }\n'
    mistake = 'f:5:30: nothing here is called "widht"\n    did you mean "width"?'
    for used in ("", uses):
        found = complaints(text + used)
        assert mistake in found
        assert sum("widht" in problem for problem in found) == 1


def test_a_default_knows_the_arguments_before_it() -> None:
    text = 'block { name: "b" argument { name: "x" default: ${y} } argument: "y" layer { a: ${x} b: ${y} } }'
    assert complaints(text) == ['f:1:49: nothing here is called "y"\n    known here: previous']


def test_an_argument_that_nothing_uses_is_warned_of() -> None:
    text = 'block { name: "b" argument: ["used", "idle", "given_on"] use { block: "c" n: ${given_on} m: "${used}" } }\n'
    text += 'block { name: "c" argument: ["n", "m"] layer { n: ${n} m: ${m} } }'
    assert complaints(text) == [
        'f:1:38: warning: block "b" does nothing with its argument "idle"\n    remove it, or use it'
    ]
