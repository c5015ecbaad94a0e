"""Where in one block of memory buffers lie that are needed at different times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

ALIGNMENT = 64  # bytes: a line of the cache


class Span(NamedTuple):
    """So many bytes, from the first to the last of the moments at which they are needed."""

    size: int
    first: int
    last: int


def arranged(spans: Sequence[Span]) -> tuple[list[int], int]:
    """Return where each buffer begins, and how many bytes the block has.

    The largest are placed first, each at the first place where nothing lies that is needed at the same time.
    """
    starts = [0] * len(spans)
    placed: list[int] = []
    for index in sorted(range(len(spans)), key=lambda index: (-spans[index].size, index)):
        own = spans[index]
        others = ((starts[other], spans[other]) for other in placed if _meet(own, spans[other]))
        for start, end in sorted((start, _end(start, span)) for start, span in others):
            if starts[index] + own.size <= start:
                break
            starts[index] = max(starts[index], end)
        placed.append(index)
    return starts, max((_end(start, span) for start, span in zip(starts, spans, strict=True)), default=0)


def _meet(one: Span, other: Span) -> bool:
    return one.first <= other.last and other.first <= one.last


def _end(start: int, span: Span) -> int:
    return start + -(-span.size // ALIGNMENT) * ALIGNMENT
