from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, make, numbers


def test_euclidean_loss_by_its_formula() -> None:
    a, b = numbers(2, 3, 4, 5), numbers(2, 3, 4, 5, seed=1)
    (loss,), _ = check_layer(make("EuclideanLoss", bottoms=2), a, b)
    want = sum((float(a[place]) - float(b[place])) ** 2 for place in np.ndindex(*a.shape)) / (2 * 2)
    assert float(loss) == pytest.approx(want)


def test_the_shapes_may_differ_where_the_numbers_are_as_many() -> None:
    a, b = numbers(2, 3, 4), numbers(2, 12, seed=1)
    (loss,), _ = check_layer(make("EuclideanLoss", bottoms=2), a, b)
    assert float(loss) == pytest.approx(float(((a.flatten(1) - b) ** 2).sum()) / 4)
    assert make("EuclideanLoss", bottoms=2).takes_gradient(1)


def test_other_numbers_of_numbers_are_refused() -> None:
    with pytest.raises(ShapeError, match="bottoms hold 2×3×4 and 2×5 numbers, must hold as many per item"):
        make("EuclideanLoss", bottoms=2).shapes((2, 3, 4), (2, 5))
    assert make("EuclideanLoss", bottoms=2).shapes((2, None, 4), (2, 5)) == ((),)
