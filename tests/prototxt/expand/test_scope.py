"""What names stand for, and what values come to."""

import pytest

from netdef.errors import Place
from netdef.prototxt.expand.expression import ExpressionError, NoValueError
from netdef.prototxt.expand.scope import LONGEST, Scope, text_scalar
from netdef.prototxt.parse import parse
from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Scalar

USE = Place("net", 30, 1)


def scalar(text: str) -> Scalar:
    value = parse(f"x: {text}", "f").fields[0].value
    assert isinstance(value, Scalar)
    return value


GIVEN = {"name": '"conv1"', "width": "64", "hex": "0x10", "rate": "0.5", "pool": "AVE", "odd": r'"\377\"\n"'}
SCOPE = Scope({name: scalar(text) for name, text in GIVEN.items()}, lambda: scalar('"data"'), USE)


@pytest.mark.parametrize(
    ("text", "kind", "result"),
    [
        ("${name}", Kind.STRING, '"conv1"'),
        ("${width}", Kind.NUMBER, "64"),
        ("${rate}", Kind.NUMBER, "0.5"),
        ("${pool}", Kind.NAME, "AVE"),
        ("${4 * width + hex}", Kind.NUMBER, "272"),
        ("${previous}", Kind.STRING, '"data"'),
        ('"${width}"', Kind.STRING, '"64"'),
        ('"${name}/${pool}_${rate}_${width//3}"', Kind.STRING, '"conv1/AVE_0.5_21"'),
        ("'${previous}' \"_relu\"", Kind.STRING, '"data_relu"'),
        ('"$${name}"', Kind.STRING, '"${name}"'),
        ("'as it is'", Kind.STRING, "'as it is'"),
        ("1.0", Kind.NUMBER, "1.0"),
    ],
)
def test_values_keep_their_kind_and_texts_stay_texts(text: str, kind: Kind, result: str) -> None:
    resolved = SCOPE.resolved(scalar(text))
    assert (resolved.kind, resolved.text) == (kind, result)
    assert resolved.place == Place("f", 1, 4, via=USE)
    assert scalar(resolved.text).content == resolved.content


def test_bytes_that_are_no_text_come_through() -> None:
    resolved = SCOPE.resolved(scalar('"a${odd}"'))
    assert resolved.content == b'a\xff"\n'
    assert scalar(resolved.text).content == resolved.content


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${name + 1}", 'name is "conv1", must be a whole number'),
        ("${2 * rate}", "rate is 0.5, must be a whole number"),
        ('"${-pool}"', "pool is AVE, must be a whole number"),
        ("${previous // 2}", 'previous is "data", must be a whole number'),
    ],
)
def test_only_whole_numbers_are_counted_with(text: str, words: str) -> None:
    with pytest.raises(NoValueError) as caught:
        SCOPE.resolved(scalar(text))
    assert str(caught.value) == words


def test_unknown_names_mean_nothing_anywhere() -> None:
    with pytest.raises(ExpressionError, match='nothing here is called "depth"') as caught:
        SCOPE.resolved(scalar("${depth}"))
    assert not isinstance(caught.value, NoValueError)


def test_a_text_does_not_grow_without_end() -> None:
    half = text_scalar(b"x" * (LONGEST // 2), USE)
    scope = Scope({"half": half}, lambda: half)
    assert len(scope.resolved(scalar('"${half}${half}"')).content) == LONGEST
    with pytest.raises(NoValueError, match="the text has 10,001 bytes, may have 10,000"):
        scope.resolved(scalar('"${half}_${half}"'))


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("${width}", 64), ("0x1F", 31)])
def test_numbers(text: str, number: int) -> None:
    assert SCOPE.number(scalar(text)) == number


def test_what_is_no_number_is_called_as_it_is_written() -> None:
    with pytest.raises(NoValueError, match=r'"3" is "3", must be a whole number'):
        SCOPE.number(scalar('"3"'))


def test_one_name_more_leaves_the_scope_as_it_was() -> None:
    inner = SCOPE.with_value("i", scalar("3"))
    assert inner.number(scalar("${i + width}")) == 67
    assert "i" not in SCOPE.values
