"""How many batches of floats are made ahead: they take four times the memory of bytes."""

from __future__ import annotations

ROOM = 256 << 20  # bytes
LEAST = 2  # batches: one on which threads work while others are done with the one before


def floats_ahead(prefetch: int, size: int) -> int:
    """Return how many batches of ``size`` bytes are made ahead where ``prefetch`` may be."""
    return min(prefetch, max(LEAST, ROOM // max(size, 1)))
