from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import ShapeError, WiringError
from tests.layers.contract import check_derivative, check_layer, check_text, gradients, make, numbers, run

SELECTOR = torch.tensor([1.0, 0, -2, 0.5, 0])


def test_selected_items_stay_in_order() -> None:
    made = make("Filter", bottoms=3, tops=2)
    a, b = numbers(5, 3, 2), numbers(5, 4, seed=1)
    for top, bottom in zip(run(made, a, b, SELECTOR), (a, b), strict=True):
        np.testing.assert_array_equal(top, [bottom.numpy()[n] for n in (0, 2, 3)])
    check_derivative(made, (a, b, SELECTOR), (), ())
    check_text(made)


def test_items_left_out_get_no_gradient() -> None:
    dx, _ = gradients(make("Filter", bottoms=2), numbers(5, 1), SELECTOR)
    assert dx.tolist() == [[1], [0], [2], [3], [0]]


def test_before_the_first_pass_the_whole_batch_is_reckoned_with() -> None:
    made = make("Filter", bottoms=3, tops=2)
    assert made.shapes((5, 3), (None, 4), (5, 1)) == ((5, 3), (None, 4))
    everything = torch.ones(5, 1)
    check_layer(made, numbers(5, 3), numbers(5, 4), everything)
    assert run(make("Filter", bottoms=2), numbers(5, 3), torch.zeros(5))[0].shape == (0, 3)


def test_a_selector_is_no_bottom_for_a_gradient_and_no_layer_to_trace() -> None:
    made = make("Filter", bottoms=3, tops=2)
    assert [made.takes_gradient(index) for index in range(3)] == [True, True, False]
    assert not made.traceable


def test_bottoms_that_do_not_fit_are_refused() -> None:
    made = make("Filter", bottoms=2)
    with pytest.raises(ShapeError, match="the selector is 2, must have as many items as bottom 0, 3×2") as caught:
        made.shapes((3, 2), (2,))
    assert caught.value.path == ("bottom", 1)
    with pytest.raises(ShapeError, match="the selector is 3×2, must have one number for each item"):
        made.shapes((3, 2), (3, 2))
    with pytest.raises(WiringError, match="has 3 bottoms and 1 tops, must have one top less"):
        make("Filter", bottoms=3)
