"""The formatter: spacing becomes one, words and comments stay."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings

from netdef.prototxt.parse import parse
from netdef.prototxt.same import meaning
from netdef.prototxt.write import WIDTH, write
from tests.prototxt.texts import texts


def formatted(text: str) -> str:
    return write(parse(text, "f"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n\n", ""),
        ("a:1;b : 2,c  :3", "a: 1\nb: 2\nc: 3\n"),
        ("\tlayer:<\n\ta:1\n\t\t>", "layer {\n  a: 1\n}\n"),
        ("relu_param {\n}", "relu_param {}\n"),
        ("x:[1,2 ,\n3]", "x: [1, 2, 3]\n"),
        ("x:[]", "x: []\n"),
        ("""s: "a"  'b'\n\n"c" """, """s: "a" 'b'\n   "c"\n"""),
        ("b {\n s: 'x'\n'y'\n}", "b {\n  s: 'x'\n     'y'\n}\n"),
        ("l: [{a:1}, {\nb:2}]", "l: [\n  { a: 1 },\n  {\n    b: 2\n  }\n]\n"),
    ],
)
def test_spacing(text: str, expected: str) -> None:
    assert formatted(text) == expected


def test_comments_stay_with_their_fields() -> None:
    text = """
        #head
        name: "n" # the name


        # above the layer
        layer { # the layer
            # above a
            a: 1 # behind a
            # at the end of the block
        } # behind the block

        # at the end of the file
    """
    assert formatted(text) == (
        '#head\nname: "n"  # the name\n\n# above the layer\nlayer {  # the layer\n  # above a\n  a: 1  # behind a\n'
        "  # at the end of the block\n}  # behind the block\n\n# at the end of the file\n"
    )


def test_comments_inside_a_field_move_above_it() -> None:
    assert formatted("# 1\na # 2\n: # 3\n[1, # 4\n2] # 5") == "# 1\n# 2\n# 3\n# 4\na: [1, 2]  # 5\n"


def test_blank_lines_stay_one_in_a_row_but_not_at_the_edges_of_a_block() -> None:
    assert formatted("a: 1\n\n\n\nb {\n\n  c: 1\n\n  d: 2\n\n}\ne: 3") == "a: 1\n\nb {\n  c: 1\n\n  d: 2\n}\ne: 3\n"


def test_blocks_written_on_one_line_stay_there_as_far_as_they_fit() -> None:
    assert (
        formatted("p{lr_mult:1,decay_mult:2}\np{\nlr_mult:1}")
        == "p { lr_mult: 1 decay_mult: 2 }\np {\n  lr_mult: 1\n}\n"
    )
    fitting = "p { " + "x" * (WIDTH - 10) + ": 1 }"
    assert len(fitting) == WIDTH - 1
    assert formatted(fitting) == fitting + "\n"
    assert formatted(fitting.replace("1", "123")) == fitting.replace("{ ", "{\n  ").replace("1 }", "123\n}\n")


def test_long_lists_break_into_one_value_a_line() -> None:
    values = [str(10**9 + number) for number in range(12)]
    assert formatted(f"x: [{','.join(values)}]") == "x: [\n  " + ",\n  ".join(values) + "\n]\n"


def comments(text: str) -> Counter[str]:
    return Counter(re.findall(r"# (?:note|one|two)", text))


@settings(max_examples=150, deadline=None)
@given(texts())
def test_formatting_keeps_meaning_and_comments_and_is_done_after_once(text: str) -> None:
    once = formatted(text)
    assert meaning(parse(once, "f")) == meaning(parse(text, "f"))
    assert comments(once) == comments(text)
    assert formatted(once) == once
