"""The base of Exp and Log: a positive number, or -1 for e."""

from __future__ import annotations

import math

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema

NATURAL = -1.0


def log_base(options: schema.ExpParameter | schema.LogParameter, option: str) -> float:
    """Return the natural logarithm of ``base``.

    Raises: OptionError if there is none.
    """
    if options.base == NATURAL:
        return 1.0
    if not 0 < options.base < math.inf:
        message = f"base is {options.base:g}, must be above 0, or -1 for e"
        raise OptionError(message, path=(option, "base"))
    return math.log(options.base)
