"""Numbers in flags."""

from __future__ import annotations

import argparse


def positive(word: str) -> int:
    """Return a whole number of at least 1.

    Raises: ArgumentTypeError for anything else.
    """
    if not word.isdecimal() or not int(word):
        raise argparse.ArgumentTypeError(f"{word!r} must be a whole number, at least 1")
    return int(word)
