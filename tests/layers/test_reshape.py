from __future__ import annotations

import pytest

from netdef.errors import OptionError, ShapeError
from netdef.layers.shape import Shape
from tests.layers.contract import check_layer, make, numbers

X = (2, 3, 4, 5)


def dims(*lengths: int) -> str:
    return "shape { " + " ".join(f"dim: {length}" for length in lengths) + " }"


@pytest.mark.parametrize(
    ("options", "want"),
    [
        (dims(6, 20), (6, 20)),
        (dims(0, -1), (2, 60)),
        (dims(0, 0, -1, 2), (2, 3, 10, 2)),
        (dims(0, -1, 5), (2, 12, 5)),
        (dims(-1), (120,)),
        ("axis: 1 " + dims(-1, 15), (2, 4, 15)),
        ("axis: 1 num_axes: 1 " + dims(3, -1), (2, 3, 1, 4, 5)),
        ("axis: 1 num_axes: 2 " + dims(4, 3), (2, 4, 3, 5)),
        ("axis: -1 " + dims(1, 1), (2, 3, 4, 5, 1, 1)),
        ("axis: 1 num_axes: 0 " + dims(1), (2, 1, 3, 4, 5)),
        ("axis: -2 " + dims(-1), (2, 3, 4, 5)),
    ],
)
def test_reshape_keeps_the_order(options: str, want: tuple[int, ...]) -> None:
    x = numbers(*X)
    (y,), _ = check_layer(make("Reshape", f"reshape_param {{ {options} }}"), x)
    assert y.shape == want
    assert y.tobytes() == x.numpy().tobytes()


@pytest.mark.parametrize(
    ("options", "bottom", "want"),
    [
        (dims(0, -1), (None, 3, 4), (None, 12)),
        (dims(-1, 12), (None, 3, 4), (None, 12)),
        (dims(0, 0, -1), (None, None, 6), (None, None, 6)),
        (dims(0, 12), (None, 3, 4), (None, 12)),
        (dims(5, 7), (None, 3), (5, 7)),
    ],
)
def test_unknown_lengths_are_carried_and_copied_ones_cancel(options: str, bottom: Shape, want: Shape) -> None:
    assert make("Reshape", f"reshape_param {{ {options} }}").shapes(bottom) == (want,)


@pytest.mark.parametrize(
    ("options", "bottom", "words"),
    [
        (dims(4), (2, 3), r"shape \(4\) does not fit bottom, 2×3: the axes hold 6, it asks for 4"),
        (dims(0, 4), (None, 6), r"shape \(0, 4\) does not fit bottom, \?×6: the axes hold 6, it asks for 4"),
        (dims(-1, 4), (2, 3), r"the axes hold 6, it asks for a multiple of 4"),
        (dims(0, 0, 0), (2, 3), r"shape \(0, 0, 0\) copies axis 2, but bottom is 2×3"),
        ("axis: 3 " + dims(1), (2, 3), "axis is 3, but bottom is 2×3"),
        ("axis: -4 " + dims(1), (2, 3), "axis is -4, but bottom is 2×3"),
        ("axis: 1 num_axes: 2 " + dims(3), (2, 3), "axis 1 and num_axes 2 reach beyond bottom, 2×3"),
    ],
)
def test_what_does_not_fit_is_refused(options: str, bottom: Shape, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        make("Reshape", f"reshape_param {{ {options} }}").shapes(bottom)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (dims(-1, -1), r"shape \(-1, -1\) has several -1, must have at most one"),
        (dims(-2, 3), r"shape \(-2, 3\) has a length below -1"),
        ("num_axes: -2 " + dims(3), "num_axes is -2, must be -1"),
    ],
)
def test_impossible_options_are_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        make("Reshape", f"reshape_param {{ {options} }}")


def test_an_empty_batch_can_be_reshaped() -> None:
    assert make("Reshape", f"reshape_param {{ {dims(0, -1)} }}").shapes((0, 3, 4)) == ((0, 12),)
