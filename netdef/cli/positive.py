"""Numbers in flags."""

from __future__ import annotations

import argparse
import math


def positive(word: str) -> int:
    """Return a whole number of at least 1.

    Raises: ArgumentTypeError for anything else.
    """
    if not word.isdecimal() or not int(word):
        raise argparse.ArgumentTypeError(f"{word!r} must be a whole number, at least 1")
    return int(word)


def above_zero(word: str) -> float:
    """Return a number above 0.

    Raises: ArgumentTypeError for anything else.
    """
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{word!r} must be a number above 0")
    return number
