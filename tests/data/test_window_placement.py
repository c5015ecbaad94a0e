from __future__ import annotations

import pytest

from netdef.data.window_placement import Box, Framing, Placement, place_window
from netdef.errors import DataError

WARP, SQUARE = Framing(10), Framing(6, square=True)
CONTEXT = Framing(8, context=2)  # the window itself takes 4 of 8 pixels: what is cut out is twice as wide


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(
    ("framing", "window", "placement"),
    [
        # Without context the window fills the square.
        (WARP, Box(2, 3, 6, 12), Placement(Box(2, 3, 6, 12), 10, 10, 0, 0)),
        # Center 6, reach 2 · 2: from 2 to 10.
        (CONTEXT, Box(4, 4, 7, 7), Placement(Box(2, 2, 10, 10), 8, 8, 0, 0)),
        # Center (4, 2), reach 2 both ways, the half of the longer side.
        (SQUARE, Box(2, 1, 5, 2), Placement(Box(2, 0, 6, 4), 6, 6, 0, 0)),
    ],
)
def test_inside_of_the_image(framing: Framing, window: Box, placement: Placement, mirrored: bool) -> None:
    assert place_window(window, 20, 30, framing, mirrored) == placement


def test_what_lies_outside_stays_empty_and_is_mirrored_too() -> None:
    # From -2 to 6 and from -1 to 7, of which the image has 0 … 6 and 0 … 5; pixels are scaled by 8/9:
    # 2 → 1.8, 7 → 6.2 columns; 1 → 0.9, 6 → 5.3 rows.
    window = Box(0, 1, 3, 4)
    assert place_window(window, 6, 20, CONTEXT, mirrored=False) == Placement(Box(0, 0, 6, 5), 5, 6, 1, 2)
    assert place_window(window, 6, 20, CONTEXT, mirrored=True) == Placement(Box(0, 0, 6, 5), 5, 6, 1, 0)


def test_halves_are_rounded_away_from_zero() -> None:
    # Center (1, 1.5), reach 1.5: columns from -0.5 to 2.5, that is -1 to 3, rows from 0 to 3.
    placement = place_window(Box(0, 0, 1, 2), 20, 30, SQUARE, mirrored=False)
    assert placement.source == Box(0, 0, 3, 3)
    assert (placement.left, placement.width) == (1, 5)  # 1.2 and 4.8 pixels of 6


def test_roundings_do_not_leave_the_square() -> None:
    # From -2 to 1, scaled by 7/4: two times 3.5 pixels would be 8.
    placement = place_window(Box(-1, -1, -1, -1), 20, 30, Framing(7, context=2), mirrored=False)
    assert placement == Placement(Box(0, 0, 1, 1), 3, 3, 4, 4)


@pytest.mark.parametrize(
    ("framing", "window"),
    [(WARP, Box(2, 3, 30, 12)), (WARP, Box(5, 5, 4, 4)), (CONTEXT, Box(60, 3, 70, 9)), (SQUARE, Box(2, -90, 5, -80))],
)
def test_a_window_outside_of_the_image(framing: Framing, window: Box) -> None:
    with pytest.raises(DataError, match=r"the window \(.*\) does not lie inside of the image, which is 20×30"):
        place_window(window, 20, 30, framing, mirrored=False)
