"""Keys that begin with the number of their record, as convert_imageset writes them: 00000042_cat.jpg.

A database does not count its records: to find the n-th one, all before it would have to be visited. Such keys say it.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(rb"[0-9]+")


def digits_of_numbers(first: bytes, last: bytes, count: int) -> int:
    """Return with how many digits each of ``count`` keys begins with its number, by the first and the last of them.

    It is 0 where they do not run from 0 to count - 1. Numbers that are left out and as many that are there twice do not
    show here; the neighbours of a key tell of those beside it.
    """
    match = _NUMBER.match(first)
    digits = match.end() if match else 0
    ends = (first[:digits], last[:digits])
    return digits if ends == (start_of_key(0, digits), start_of_key(count - 1, digits)) else 0


def start_of_key(number: int, digits: int) -> bytes:
    """Return what the key of a record begins with."""
    return b"%0*d" % (digits, number)
