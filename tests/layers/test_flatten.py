from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, make, numbers


@pytest.mark.parametrize(
    ("options", "want"),
    [
        ("", (2, 60)),
        ("axis: 2", (2, 3, 20)),
        ("axis: 0 end_axis: 1", (6, 4, 5)),
        ("axis: -3 end_axis: -2", (2, 12, 5)),
        ("axis: 2 end_axis: 1", (2, 3, 1, 4, 5)),
    ],
)
def test_flatten_keeps_the_order(options: str, want: tuple[int, ...]) -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("Flatten", f"flatten_param {{ {options} }}"), x)
    assert y.shape == want
    assert y.tobytes() == x.numpy().tobytes()


def test_the_place_of_each_number() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("Flatten"), x)
    for (n, c, h, w), value in np.ndenumerate(x.numpy()):
        assert y[n, (c * 4 + h) * 5 + w] == value


def test_unknown_lengths_are_carried() -> None:
    assert make("Flatten").shapes((None, 3, 4)) == ((None, 12),)
    assert make("Flatten").shapes((2, 3, None)) == ((2, None),)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ShapeError, match="end_axis is 0, axis is 2: must not end before it begins"):
        make("Flatten", "flatten_param { axis: 2 end_axis: 0 }").shapes((2, 3, 4))


def test_an_axis_that_is_not_there_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"flatten_param\.axis is 1, but bottom has 1 axis"):
        make("Flatten").shapes((2,))
