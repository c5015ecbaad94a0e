"""What comes to each of several workers that add something up in a ring."""

from __future__ import annotations


def ring_bytes(size: int, count: int) -> int:
    """Return how many bytes each of ``count`` workers gets while all of them add up ``size`` bytes.

    2 (N - 1) / N · size, rounded: sums of parts on their way round, then the parts that others have summed.
    Source: Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", 2009.
    """
    return round(2 * (count - 1) * size / count)
