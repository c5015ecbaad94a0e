from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, make, numbers


@pytest.mark.parametrize(
    ("options", "axis", "offsets"),
    [
        ("", 2, (0, 0)),
        ("offset: 1", 2, (1, 1)),
        ("axis: 1 offset: 1 offset: 2 offset: 0", 1, (1, 2, 0)),
        ("axis: -1 offset: 2", 3, (2,)),
    ],
)
def test_the_cut_by_its_formula(options: str, axis: int, offsets: tuple[int, ...]) -> None:
    x, like = numbers(2, 5, 6, 7), numbers(1, 3, 4, 5)
    (y,), _ = check_layer(make("Crop", f"crop_param {{ {options} }}", bottoms=2), x, like)
    want = np.zeros((*x.shape[:axis], *like.shape[axis:]))
    for place in np.ndindex(want.shape):
        inside = [at + offset for at, offset in zip(place[axis:], offsets, strict=True)]
        want[place] = x[(*place[:axis], *inside)]
    np.testing.assert_array_equal(y, want)


def test_only_what_is_cut_gets_a_gradient() -> None:
    made = make("Crop", bottoms=2)
    assert [made.takes_gradient(index) for index in (0, 1)] == [True, False]


def test_unknown_lengths_are_carried_on() -> None:
    made = make("Crop", "crop_param { offset: 2 }", bottoms=2)
    assert made.shapes((None, 3, 8, None), (1, 1, None, 5)) == ((None, 3, None, 5),)


@pytest.mark.parametrize(
    ("options", "like", "words"),
    [
        ("offset: 2", (1, 1, 4, 4), "cut of 4 from 2 on reaches beyond 5, the length of axis 2"),
        ("", (4, 4), "bottom 1 is 4×4, must have at least the 4 axes of bottom 0, 1×1×5×5"),
        (
            "offset: 1 offset: 1 offset: 1",
            (1, 1, 2, 2),
            "offset is given 3 times, must be given once or once for each of 2",
        ),
        ("axis: 4", (1, 1, 2, 2), r"crop_param\.axis is 4, but bottom has 4 axes"),
    ],
)
def test_cuts_that_do_not_fit_are_refused(options: str, like: tuple[int, ...], words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        make("Crop", f"crop_param {{ {options} }}", bottoms=2).shapes((1, 1, 5, 5), like)
