"""Views: the several ways in which a test looks at each image, to average what the net says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from netdef.data.transform import Cut
from netdef.errors import DataError, UsageError

TEN = 10
MIDDLE = Fraction(1, 2)


class View(NamedTuple):
    """One look at an image: scaled to a shorter side (0: as in a single test), cut ``down`` and ``right``, mirrored.

    ``down`` and ``right`` are parts, 0 … 1, of the room that the window leaves.
    """

    side: int
    down: Fraction
    right: Fraction
    mirrored: bool

    def cut(self, height: int, width: int, side: int) -> Cut:
        """Place the window in an image of ``height`` × ``width``.

        Raises: DataError if the image is smaller than the crop.
        """
        below, beside = height - side, width - side
        if below < 0 or beside < 0:
            raise DataError(f"crop_size is {side}, but the image is only {height}×{width} (height × width)")
        return Cut(math.floor(below * self.down), math.floor(beside * self.right), self.mirrored)


def views_of(crops: int, scales: Sequence[int] = ()) -> tuple[View, ...]:
    """Return the views of a test, ``crops`` of each of the scales (of none: of the images as a single test has them).

    1 is the middle; 10 the corners and the middle, with their reflections; 2·g·g a regular grid of g × g windows, with
    their reflections.

    Raises: UsageError for another number of crops, or a scale below 1.
    Source: Krizhevsky et al. 2012, section 4.1 (10); Simonyan and Zisserman 2015, section 3.2 (50 a scale).
    """
    if scales and min(scales) < 1:
        raise UsageError(f"a scale is {min(scales)}, must be at least 1: the length of the shorter side, in pixels")
    places = _places(crops)
    mirrored = (False,) if crops == 1 else (False, True)
    return tuple(View(side, *place, mirror) for side in scales or (0,) for mirror in mirrored for place in places)


def _places(crops: int) -> list[tuple[Fraction, Fraction]]:
    ends = (Fraction(0), Fraction(1))
    if crops == 1:
        return [(MIDDLE, MIDDLE)]
    if crops == TEN:
        return [*product(ends, ends), (MIDDLE, MIDDLE)]
    grid = math.isqrt(max(crops, 0) // 2)
    if crops < 2 or 2 * grid * grid != crops:
        raise UsageError(
            f"{crops} crops: must be 1 (the middle), 10 (corners and middle), or a grid of g × g windows: 2, 8, 18, 32,"
            " 50 …; all but 1 with reflections"
        )
    steps = [Fraction(step, grid - 1) for step in range(grid)] if grid > 1 else [MIDDLE]
    return list(product(steps, steps))
