"""The arithmetic of ``${…}``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdef.prototxt.expand.expression import (
    LONGEST,
    ExpressionError,
    NoValueError,
    compute,
    names_in,
    parse_expression,
)

VALUES = {"i": 5, "in": 7, "_x2": 11}


def value(text: str) -> int:
    return compute(parse_expression(text), VALUES.__getitem__)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        (" i ", 5),
        ("i-1", 4),
        ("i - 1 - 1", 3),
        ("2 + 3 * i", 17),
        ("(2 + 3) * i", 25),
        ("17 // i", 3),
        ("-17 // i", -4),
        ("-17 % i", 3),
        ("100 // i // 2 % 3", 1),
        ("--i", 5),
        ("-(i + in) * _x2", -132),
    ],
)
def test_values(text: str, number: int) -> None:
    assert value(text) == number


@given(
    st.recursive(
        st.integers(0, 99).map(str),
        lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "//", "%"]), inner),
        max_leaves=6,
    )
)
def test_it_is_python_s_arithmetic(text: str) -> None:
    try:
        expected = eval(text)
    except ZeroDivisionError:
        with pytest.raises(NoValueError, match="0 has no value"):
            value(text)
    else:
        assert value(text) == expected


def test_names_are_found() -> None:
    assert list(names_in(parse_expression("a + 2 * (b - a) // -c"))) == ["a", "b", "a", "c"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ends where a number or a name is due"),
        ("i +", "ends where a number or a name is due"),
        ("i / 2", 'unexpected "/"'),
        ("* 2", 'unexpected "*"'),
        ("i 2", 'unexpected "2"'),
        ("i < 2", 'unexpected "<"'),
        ("1.5", 'unexpected "."'),
        ("(i + 2", 'a "(" without its ")"'),
        ("i)", 'unexpected ")"'),
        ("é", 'unexpected "é"'),
        ("1" * (LONGEST + 1), "has 101 characters, may have 100"),
    ],
)
def test_what_is_no_expression(text: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert words in str(caught.value)


def test_a_single_slash_has_its_way_out() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression("i / 2")
    assert caught.value.hint == "write //, which rounds down"


@pytest.mark.parametrize(("text", "words"), [("i // 0", "5 // 0 has no value"), ("i % (i - 5)", "5 % 0 has no value")])
def test_nothing_is_divided_by_zero(text: str, words: str) -> None:
    with pytest.raises(NoValueError, match=words):
        value(text)


def test_numbers_stay_within_64_bits() -> None:
    assert value("4294967296 * 2147483647") == 2**63 - 2**32
    with pytest.raises(NoValueError, match=r"4294967296 [*] 4294967296 is beyond 64 bits"):
        value("4294967296 * 4294967296")


def test_the_deepest_expression_is_read() -> None:
    depth = LONGEST // 2 - 1
    assert value("(" * depth + "i" + ")" * depth) == 5
    assert value("-" * (LONGEST - 2) + "i") == 5
