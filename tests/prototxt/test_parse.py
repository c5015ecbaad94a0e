"""The parser: what it reads, and that it reports every syntax error of a text in one run."""

import sys

import pytest

from netdef.errors import DefinitionError
from netdef.prototxt.parse import DEEPEST, in_file_order, parse, parse_on
from netdef.prototxt.same import compact, meaning
from netdef.prototxt.tree import ListValue, Message


def complaints(text: str) -> list[str]:
    return [str(problem) for problem in parse_on(text, "f").problems]


@pytest.mark.parametrize(
    "text", ["layer { a: 1 }", "layer: { a: 1 }", "layer < a: 1 >", "layer: <a: 1,>;", "layer{a:1;},", "layer [{a: 1}]"]
)
def test_the_spellings_of_a_block_mean_the_same(text: str) -> None:
    assert meaning(parse(text, "f")) == meaning(parse("layer { a: 1 }", "f"))


@pytest.mark.parametrize("text", ["a: 1 a: 2", "a: [1, 2]", "a: [1] a: [] a: 2", "a:1;a:2,", "a\n:\n[1\n,2\n]"])
def test_the_spellings_of_repeated_values_mean_the_same(text: str) -> None:
    assert meaning(parse(text, "f")) == meaning(parse("a: [1, 2]", "f"))


def test_an_empty_text_is_an_empty_tree() -> None:
    assert parse("", "f").fields == []


def test_places() -> None:
    root = parse("a: 1\nb {\n  c: [2, 3]\n}\n", "net.prototxt")
    block = root.fields[1].value
    assert isinstance(block, Message)
    listed = block.fields[0].value
    assert isinstance(listed, ListValue)
    assert str(root.fields[0].value.place) == "net.prototxt:1:4"
    assert (str(block.place), str(block.end)) == ("net.prototxt:2:3", "net.prototxt:4:1")
    assert [str(value.place) for value in listed.values] == ["net.prototxt:3:7", "net.prototxt:3:10"]


def test_comments_and_blank_lines_are_kept() -> None:
    root = parse("# 1\n\n# 2\na: 1 # 3\n\nb { # 4\n c: 2\n # 5\n} # 6\n# 7", "f")
    first, second = root.fields
    assert isinstance(second.value, Message)
    assert (first.above, first.behind, second.above, second.behind) == (["# 1", "", "# 2"], "# 3", [""], "# 6")
    assert (second.value.behind_brace, second.value.below, root.below) == ("# 4", ["# 5"], ["# 7"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a = 1", 'f:1:3: "=" after a\n    a colon stands between a name and its value'),
        ("a 1", "f:1:1: a has no colon before its value\n    write a: 1"),
        ("a [1]", "f:1:1: a has no colon before its values\n    write a: […]"),
        ("a:\nb: 1", "f:1:1: a has no value"),
        ("a: b: 1", "f:1:1: a has no value"),
        ("a\nb: 1", "f:1:1: a has no value"),
        ("a: 1,, b: 2", "f:1:6: expected the name of a field, found ,"),
        (
            "a: 0,1",
            "f:1:6: expected the name of a field, found 1\n    a comma ends a field: several values stand in brackets,"
            " as in [0, 1], and numbers have no commas",
        ),
        ('"a": 1', 'f:1:1: expected the name of a field, found "a"'),
        ("{ a: 1 }", "f:1:1: expected the name of a field, found {"),
        ("[a.b]: 1", 'f:1:1: extensions and Any values ("[…]") are not part of this format'),
        ("[x.com/a.b] { c: 1 }", 'f:1:1: extensions and Any values ("[…]") are not part of this format'),
        ("a: [1, 2,]", "f:1:10: expected a value in the list of a, found ]"),
        ("a: [,1]", "f:1:5: expected a value in the list of a, found ,"),
        ("a: [1 2]", "f:1:7: no comma between the values of a"),
        ("a: [1; 2]", "f:1:6: no comma between the values of a"),
        ("a: [1, 2\nb: 3", 'f:1:4: the list of a is not closed\n    add "]" after its last value'),
        ("a: [1, 2", 'f:1:4: the list of a is not closed\n    add "]" after its last value'),
        ("a { b: 1 >", 'f:1:10: ">" closes the block a, which "{" opened\n    opened at f:1:3'),
        ("a: 1 }", 'f:1:6: "}" closes nothing\n    there is a brace too many, here or above'),
        ("a {\n  b: 1\n", 'f:1:1: the block a, opened here, is not closed\n    add "}" at the end of the file'),
        (
            "a {\n  b {\n    c: 1\n}\nd: 2\n",
            'f:2:3: the block b, opened here, is not closed\n    add "}" before line 4',
        ),
        ("a {\n  b: 1\nc {\n}\n", 'f:1:1: the block a, opened here, is not closed\n    add "}" before line 3'),
    ],
)
def test_one_mistake_is_one_problem(text: str, complaint: str) -> None:
    found = complaints(text)
    assert complaint in found
    assert len(found) == 1 or text == "a: [,1]"


def test_without_indentation_the_brace_is_missing_at_the_end() -> None:
    text = "a {\nb {\nc: 1\n}\nd: 2\n"
    assert complaints(text) == ['f:1:1: the block a, opened here, is not closed\n    add "}" at the end of the file']


def test_every_mistake_is_found_and_the_rest_is_read() -> None:
    parsed = parse_on('a = 1\nb: [1, 2\nc: "x\nd {\n  e 5\n  f:\n}}\ng: 6 @\n', "f")
    assert [problem.place.line for problem in parsed.problems if problem.place] == [1, 2, 3, 5, 6, 7, 8]
    assert compact(parsed.tree) == '{ a: 1 b: 1 b: 2 c: "x" d { e: 5 } g: 6 }'


def test_parse_raises_all_problems() -> None:
    with pytest.raises(DefinitionError, match=r'"=" after a(.|\n)*f:2:1: b has no value') as caught:
        parse("a = 1\nb:", "f")
    assert len(caught.value.problems) == 2


def test_a_warning_does_not_stop_the_work() -> None:
    assert len(parse_on(r'a: "\q"', "f").problems) == 1
    assert len(parse(r'a: "\q"', "f").fields) == 1


def test_blocks_may_be_nested_but_not_without_end() -> None:
    assert complaints("a {" * DEEPEST + "}" * DEEPEST) == []
    assert complaints("a {" * (DEEPEST + 1) + "}" * (DEEPEST + 1)) == [
        f"f:1:{3 * DEEPEST + 3}: blocks are nested more than {DEEPEST} deep"
    ]
    bottomless = sys.getrecursionlimit() * 10
    assert any("nested more than" in complaint for complaint in complaints("a<" * bottomless))


def test_problems_are_sorted_by_place() -> None:
    late, early = parse_on("a: 1\nb 1", "f").problems + parse_on("a 1", "f").problems
    assert in_file_order([late, early]) == (early, late)
