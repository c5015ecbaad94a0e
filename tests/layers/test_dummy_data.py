from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError
from netdef.layers.base import Context, Layer
from netdef.layers.draws import Draws
from netdef.layers.dummy_data import DummyData
from tests.layers.contract import Array, check_text, make

SHAPE = "shape { dim: 2 dim: 3 }"
GAUSSIAN = 'data_filler { type: "gaussian" std: 2 }'


def drawn(layer: Layer, iteration: int = 0, name: str = "noise", dtype: torch.dtype | None = None) -> list[Array]:
    ctx = Context(False, Draws(1, name, iteration), dtype=dtype)
    return [top.numpy() for top in layer.forward(ctx, ())]


def test_tops_are_filled_with_constants() -> None:
    options = f"{SHAPE} shape {{ dim: 4 }} data_filler {{ value: 1.5 }} data_filler {{ value: -2 }}"
    made = make("DummyData", f"dummy_data_param {{ {options} }}", bottoms=0, tops=2)
    assert made.shapes() == ((2, 3), (4,))
    one, two = drawn(made)
    np.testing.assert_array_equal(one, np.full((2, 3), 1.5))
    np.testing.assert_array_equal(two, np.full(4, -2))
    check_text(made)
    assert not made.source


def test_one_shape_and_one_filler_serve_all_tops_and_none_means_zero() -> None:
    one = make("DummyData", f"dummy_data_param {{ {SHAPE} data_filler {{ value: 7 }} }}", bottoms=0, tops=2)
    assert [top.tolist() for top in drawn(one)] == [[[7] * 3] * 2] * 2
    none = make("DummyData", "dummy_data_param { num: 2 channels: 1 height: 3 width: 4 }", bottoms=0)
    (top,) = drawn(none)
    np.testing.assert_array_equal(top, np.zeros((2, 1, 3, 4)))


def test_old_lengths_are_one_for_all_or_one_for_each() -> None:
    options = "num: 2 num: 5 channels: 1 height: 3 width: 4"
    assert make("DummyData", f"dummy_data_param {{ {options} }}", bottoms=0, tops=2).shapes() == (
        (2, 1, 3, 4),
        (5, 1, 3, 4),
    )


def test_other_numbers_are_drawn_anew_in_every_pass_and_alike_in_the_same() -> None:
    made = make("DummyData", f"dummy_data_param {{ {SHAPE} {GAUSSIAN} }}", bottoms=0, tops=2)
    first, second = drawn(made)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, drawn(made)[0])
    assert not np.array_equal(first, drawn(made, iteration=1)[0])
    assert not np.array_equal(first, drawn(made, name="other")[0])
    assert len(np.unique(first)) == 6


@pytest.mark.parametrize("filler", ["", GAUSSIAN])
def test_tops_have_the_type_that_the_net_has(filler: str) -> None:
    made = make("DummyData", f"dummy_data_param {{ {SHAPE} {filler} }}", bottoms=0)
    assert [drawn(made, dtype=dtype)[0].dtype for dtype in (None, torch.float64)] == [np.float32, np.float64]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (f"{SHAPE} {SHAPE} {SHAPE}", "shape is given 3 times for 2 tops, must be given once, or once for each"),
        ("", "shape is given 0 times for 2 tops"),
        (f"{SHAPE} {GAUSSIAN * 3}", "data_filler is given 3 times for 2 tops"),
        ("num: 2 channels: 3 height: 4", "width is given 0 times for 2 tops"),
        (f"{SHAPE} num: 2 width: 3", "shape and num, width are both given, must be one or the other"),
        ("shape { dim: 2 dim: -3 }", r"shape \(2, -3\) has a negative length"),
        (f'{SHAPE} data_filler {{ type: "gausian" }}', 'unknown filler "gausian"'),
    ],
)
def test_impossible_options_are_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words) as caught:
        make("DummyData", f"dummy_data_param {{ {options} }}", bottoms=0, tops=2)
    assert caught.value.path[0] == "dummy_data_param"


def test_a_top_may_be_filled_in_another_shape() -> None:
    made = make("DummyData", f"dummy_data_param {{ {SHAPE} {GAUSSIAN} }}", bottoms=0)
    assert isinstance(made, DummyData)
    assert not made.is_constant(0)
    assert made.filled(Context(False, Draws(1, "noise", 0)), 0, (5, 4)).shape == (5, 4)
