from __future__ import annotations

import math

import numpy as np

from tests.layers.contract import check_layer, make, numbers


def test_tanh_by_its_formula() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("TanH"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = (math.exp(value) - math.exp(-value)) / (math.exp(value) + math.exp(-value))
    np.testing.assert_allclose(y, want)
