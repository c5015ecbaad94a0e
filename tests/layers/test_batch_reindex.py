from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import DataError, ShapeError
from tests.layers.contract import check_layer, gradients, make, numbers, run


def test_items_are_taken_in_the_order_of_their_numbers() -> None:
    x, order = numbers(4, 3, 2), torch.tensor([3.0, 0, 0, 2, 3, 3])
    (y,), _ = check_layer(make("BatchReindex", bottoms=2), x, order)
    want = np.zeros((6, 3, 2))
    for m, index in enumerate([3, 0, 0, 2, 3, 3]):
        want[m] = x.numpy()[index]
    np.testing.assert_array_equal(y, want)


def test_an_item_taken_twice_gets_both_gradients() -> None:
    dx, _ = gradients(make("BatchReindex", bottoms=2), numbers(3, 1), torch.tensor([2.0, 0, 2, 2]))
    assert dx.tolist() == [[2], [0], [8]]


def test_bottoms_that_do_not_fit_are_refused() -> None:
    made = make("BatchReindex", bottoms=2)
    with pytest.raises(ShapeError, match="bottom 0 is \\(\\), must have a batch axis"):
        made.shapes((), (3,))
    with pytest.raises(ShapeError, match=r"bottom 1 has 2 axes \(2×3\), must have 1"):
        made.shapes((4, 5), (2, 3))
    with pytest.raises(DataError, match="an index is 4, must be from 0 to 3: bottom 0 has 4 rows"):
        run(made, numbers(4, 2), torch.tensor([4.0]))
