from __future__ import annotations

import pytest

from netdef.parallel.ring import ring_bytes


@pytest.mark.parametrize(("count", "expected"), [(1, 0), (2, 120), (3, 160), (4, 180), (1024, 240)])
def test_each_gets_nearly_twice_what_is_added_up(count: int, expected: int) -> None:
    assert ring_bytes(120, count) == expected


def test_passing_the_parts_round_brings_as_much() -> None:
    """N - 1 times a part of 1 / N arrives with a sum that goes on, and N - 1 times with one that is whole."""
    for count in (2, 3, 4, 6):
        part, arrived = 120 // count, 0
        for _ in ("sums", "wholes"):
            for _ in range(count - 1):
                arrived += part
        assert ring_bytes(120, count) == arrived
