"""Words to numbers and truth values."""

import math

import pytest

from netdef.prototxt.values import to_bool, to_float, to_integer


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("0", 0),
        ("-0", 0),
        ("12", 12),
        ("+12", 12),
        ("-12", -12),
        ("0x1F", 31),
        ("-0xa", -10),
        ("017", 15),
        ("-010", -8),
    ],
)
def test_integers(word: str, number: int) -> None:
    assert to_integer(word) == number


@pytest.mark.parametrize("word", ["", "1.0", "1e3", "08", "x", "1f", '"1"', "-", "1-2"])
def test_no_integers(word: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        to_integer(word)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("1", 1.0),
        ("-.5", -0.5),
        ("1.", 1.0),
        ("1.5f", 1.5),
        ("1.F", 1.0),
        ("2e-3", 0.002),
        ("inf", math.inf),
        ("-inff", -math.inf),
    ],
)
def test_floats(word: str, number: float) -> None:
    assert to_float(word) == number


@pytest.mark.parametrize("word", ["nan", "-nan", "NaN", "nanf"])
def test_not_a_number(word: str) -> None:
    assert math.isnan(to_float(word))


def test_negative_zero_keeps_its_sign() -> None:
    assert math.copysign(1, to_float("-0")) == -1


@pytest.mark.parametrize("word", ["", "012.5", "-00", "0x10", "1.2.3", "f", "1d", "--1", "+inff"])
def test_no_floats(word: str) -> None:
    with pytest.raises(ValueError, match=r"could not convert|leading zero"):
        to_float(word)


@pytest.mark.parametrize(
    ("word", "value"), [("true", True), ("t", True), ("True", True), ("1", True), ("f", False), ("0", False)]
)
def test_truth(word: str, value: bool) -> None:
    assert to_bool(word) is value


@pytest.mark.parametrize("word", ["TRUE", "yes", "2", "00", ""])
def test_no_truth(word: str) -> None:
    with pytest.raises(ValueError, match=f"^{word} is neither true nor false$"):
        to_bool(word)
