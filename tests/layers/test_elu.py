from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.layers.contract import check_layer, gradients, make, numbers


@pytest.mark.parametrize("alpha", [1.0, 0.5])
def test_elu_by_its_formula(alpha: float) -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("ELU", f"elu_param {{ alpha: {alpha} }}"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = value if value > 0 else alpha * (math.exp(value) - 1)
    np.testing.assert_allclose(y, want)


def test_at_zero_the_gradient_is_alpha() -> None:
    (dx,) = gradients(make("ELU", "elu_param { alpha: 0.25 }"), torch.tensor([0.0, 2.0]))
    assert dx.tolist() == [0.25, 2]
