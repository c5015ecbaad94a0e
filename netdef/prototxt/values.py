"""The numbers and truth values that a word of the text format may stand for."""

from __future__ import annotations

import re

_OCTAL = re.compile(r"-?0[0-9]+")
_TRUTH = {"true": True, "t": True, "True": True, "1": True, "false": False, "f": False, "False": False, "0": False}


def to_integer(word: str) -> int:
    """Return the whole number that ``word`` spells: decimal, ``0x`` hexadecimal or octal with a leading 0.

    Raises:
        ValueError: it spells none (``1.0`` does not).
    """
    return int(word, 8) if _OCTAL.fullmatch(word) else int(word, 0)


def to_float(word: str) -> float:
    """Return the number that ``word`` spells; a final ``f``, ``inf`` and ``nan`` are allowed, octal and ``0x`` are not.

    Raises:
        ValueError: it spells none.
    """
    if _OCTAL.match(word):
        raise ValueError(f"{word} has a leading zero")
    try:
        return float(word)
    except ValueError:
        return float(word[:-1] if word.lower() in ("inff", "-inff") else word.rstrip("fF"))


def to_bool(word: str) -> bool:
    """Return the truth value that ``word`` spells.

    Raises:
        ValueError: it is none of ``true t True 1 false f False 0``.
    """
    if word not in _TRUTH:
        raise ValueError(f"{word} is neither true nor false")
    return _TRUTH[word]
