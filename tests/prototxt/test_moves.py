"""Which items have moved."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdef.prototxt.moves import moved


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        ([], set()),
        ([0, 1, 2], set()),
        ([2, 0, 1], {2}),
        ([1, 2, 3, 0], {0}),
        ([0, 3, 1, 2, 4], {3}),
        ([5, 7, 9], set()),
    ],
)
def test_the_fewest_move(positions: list[int], expected: set[int]) -> None:
    assert moved(positions) == expected


@given(st.permutations(range(7)))
def test_what_stays_rises_and_nothing_longer_does(positions: list[int]) -> None:
    kept = [position for position in positions if position not in moved(positions)]
    assert kept == sorted(kept)
    longer = combinations(positions, len(kept) + 1)
    assert not any(list(row) == sorted(row) for row in longer)
