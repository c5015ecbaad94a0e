"""Which items of a list stand in another order than before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def moved(positions: Sequence[int]) -> set[int]:
    """Return the fewest numbers whose removal leaves the rest rising.

    ``positions`` are the new places of items in their old order, each place once.
    """
    ends: list[int] = []  # ends[n]: the smallest last number of a rising row of n + 1
    before: dict[int, int | None] = {}
    for position in positions:
        length = bisect_left(ends, position)
        before[position] = ends[length - 1] if length else None
        ends[length : length + 1] = [position]
    kept = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return set(positions) - kept
