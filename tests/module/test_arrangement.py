from __future__ import annotations

import random
from itertools import combinations

from netdef.module.arrangement import ALIGNMENT, Span, arranged


def test_what_is_needed_at_different_times_lies_in_the_same_place() -> None:
    starts, size = arranged([Span(100, 0, 1), Span(128, 1, 2), Span(64, 2, 3), Span(10, 3, 4)])
    assert starts == [128, 0, 128, 0]
    assert size == 256


def test_nothing_needs_no_room() -> None:
    assert arranged([]) == ([], 0)


def test_what_is_needed_together_never_overlaps() -> None:
    draws = random.Random(1)
    for _ in range(50):
        spans = []
        for _ in range(20):
            first = draws.randrange(30)
            spans.append(Span(draws.randrange(1, 500), first, first + draws.randrange(6)))
        starts, size = arranged(spans)
        for one, other in combinations(range(len(spans)), 2):
            together = spans[one].first <= spans[other].last and spans[other].first <= spans[one].last
            apart = starts[one] + spans[one].size <= starts[other] or starts[other] + spans[other].size <= starts[one]
            assert apart or not together
        assert all(
            start % ALIGNMENT == 0 and start + span.size <= size for start, span in zip(starts, spans, strict=True)
        )
        assert size <= sum(span.size + ALIGNMENT for span in spans)
