from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, make, numbers


@pytest.mark.parametrize(
    ("options", "lengths"),
    [("", (3, 3)), ("slice_point: 1 slice_point: 4", (1, 3, 2)), ("slice_dim: 1 slice_point: 5", (5, 1))],
)
def test_parts_in_order(options: str, lengths: tuple[int, ...]) -> None:
    x = numbers(2, 6, 4, 5)
    tops, _ = check_layer(make("Slice", f"slice_param {{ {options} }}", tops=len(lengths)), x)
    start = 0
    for top, length in zip(tops, lengths, strict=True):
        assert top.shape == (2, length, 4, 5)
        for (n, c, h, w), value in np.ndenumerate(top):
            assert value == x[n, start + c, h, w]
        start += length


def test_one_top_is_the_whole() -> None:
    x = numbers(2, 3)
    (y,), _ = check_layer(make("Slice"), x)
    np.testing.assert_array_equal(y, x.numpy())


def test_unknown_lengths_are_carried() -> None:
    assert make("Slice", tops=2).shapes((2, None)) == ((2, None), (2, None))
    made = make("Slice", "slice_param { slice_point: 2 slice_point: 3 }", tops=3)
    assert made.shapes((None, None, 7)) == ((None, 2, 7), (None, 1, 7), (None, None, 7))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("axis: 1 slice_dim: 1", r"axis \(1\) and slice_dim \(1\) are both given"),
        ("slice_point: 2", "has 1 slice_points for 3 tops, must have one less than tops"),
        ("slice_point: 3 slice_point: 3", "slice_points are 3, 3, must rise from above 0"),
        ("slice_point: 0 slice_point: 3", "slice_points are 0, 3, must rise from above 0"),
    ],
)
def test_impossible_options_are_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        make("Slice", f"slice_param {{ {options} }}", tops=3)


def test_parts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="bottom is 2×5: axis 1 cannot be cut into 2 equal parts"):
        make("Slice", tops=2).shapes((2, 5))
    with pytest.raises(ShapeError, match="slice_point is 5, must be less than 5, the length of axis 1 of 2×5"):
        make("Slice", "slice_param { slice_point: 5 }", tops=2).shapes((2, 5))
