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


def test_a_scaled_tanh_by_its_formula() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("TanH", "tanh_param { amplitude: 1.5 slope: 0.625 }"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = 1.5 * math.tanh(0.625 * value)
    np.testing.assert_allclose(y, want)
