from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, gradients, make, numbers


@pytest.mark.parametrize("operation", ["SUM", "ASUM", "SUMSQ", "MEAN"])
@pytest.mark.parametrize(("axis", "left"), [(0, 0), (2, 2), (-1, 3)])
def test_reduction_by_its_formula(operation: str, axis: int, left: int) -> None:
    x = numbers(2, 3, 4, 5)
    made = make("Reduction", f"reduction_param {{ operation: {operation} axis: {axis} coeff: 0.5 }}")
    (y,), _ = check_layer(made, x)
    assert y.shape == x.shape[:left]
    want = np.zeros_like(y)
    for place in np.ndindex(want.shape):
        values = x.numpy()[place].ravel()
        for value in values:
            terms = {"SUM": value, "ASUM": abs(value), "SUMSQ": value**2, "MEAN": value / len(values)}
            want[place] += 0.5 * terms[operation]
    np.testing.assert_allclose(y, want)


def test_the_gradient_of_an_absolute_value_is_zero_at_zero() -> None:
    made = make("Reduction", "reduction_param { operation: ASUM }")
    assert gradients(made, torch.tensor([-2.0, 0.0, 3.0]))[0].tolist() == [-1, 0, 1]


def test_an_axis_that_is_not_there_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"reduction_param\.axis is 1, but bottom has 1 axis"):
        make("Reduction", "reduction_param { axis: 1 }").shapes((None,))
