from __future__ import annotations

import argparse

import pytest

from netdef.cli.positive import above_zero, positive


def test_numbers_are_read() -> None:
    assert (positive("12"), above_zero("12"), above_zero("1e-3")) == (12, 12.0, 0.001)


@pytest.mark.parametrize("word", ["0", "-3", "1.5", "", "many"])
def test_what_is_no_whole_number_above_0_is_refused(word: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="must be a whole number, at least 1"):
        positive(word)


@pytest.mark.parametrize("word", ["0", "-3", "nan", "inf", "", "much"])
def test_what_is_no_number_above_0_is_refused(word: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="must be a number above 0"):
        above_zero(word)
