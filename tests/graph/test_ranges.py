from __future__ import annotations

import pytest

from netdef.graph.ranges import common, covers, cut
from netdef.layers.channels import Range


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        (None, None, True),
        (None, Range(1, 2, 3), True),
        (Range(1, 2, 5), None, False),
        (Range(1, 2, 5), Range(1, 2, 5), True),
        (Range(1, 2, 5), Range(1, 3, 4), True),
        (Range(1, 2, 5), Range(1, 1, 4), False),
        (Range(1, 2, 5), Range(1, 4, 6), False),
        (Range(1, 2, 5), Range(0, 3, 4), False),
    ],
)
def test_what_covers_what(outer: Range | None, inner: Range | None, expected: bool) -> None:
    assert covers(outer, inner) is expected


def test_what_ranges_have_in_common() -> None:
    own = Range(1, 2, 6)
    assert common(own, None) == common(None, own) == own
    assert common(None, None) is None
    assert common(own, Range(1, 4, 9)) == Range(1, 4, 6)
    apart = common(own, Range(1, 7, 9))
    assert apart is not None
    assert len(apart) == 0


def test_ranges_of_two_axes_cross() -> None:
    with pytest.raises(ValueError, match="cross"):
        common(Range(0, 1, 2), Range(1, 1, 2))


def test_the_shape_of_a_range() -> None:
    assert cut((5, 6, 7), None) == (5, 6, 7)
    assert cut((5, 6, 7), Range(1, 2, 4)) == (5, 2, 7)
    assert cut((6, None), Range(0, 2, 4)) == (2, None)
