"""Powers of numbers as C computes them: with infinity and NaN, where Python raises errors."""

from __future__ import annotations

import math


def power(base: float, exponent: float) -> float:
    """Return base^exponent: infinite if it is too large or a power of 0 below 0, NaN if it is no real number."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.nan if base else math.inf
