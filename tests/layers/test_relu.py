from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.layers.contract import check_layer, gradients, make, numbers


@pytest.mark.parametrize("slope", [0.0, 0.3])
def test_relu_by_its_formula(slope: float) -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("ReLU", f"relu_param {{ negative_slope: {slope} }}"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = value if value > 0 else np.float32(slope) * value
    np.testing.assert_allclose(y, want)


@pytest.mark.parametrize("slope", [0.0, 0.25])
def test_at_zero_the_gradient_is_the_slope(slope: float) -> None:
    made = make("ReLU", f"relu_param {{ negative_slope: {slope} }}")
    (dx,) = gradients(made, torch.tensor([0.0, -1.0, 1.0]))
    assert dx.tolist() == [slope, 2 * slope, 3]
