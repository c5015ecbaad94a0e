from __future__ import annotations

import math

import numpy as np
import pytest

from tests.layers.contract import check_layer, make, numbers


@pytest.mark.parametrize(("options", "beta"), [("", 1), ("beta: 1.75", 1.75), ("beta: -0.5", -0.5)])
def test_swish_by_its_formula(options: str, beta: float) -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("Swish", f"swish_param {{ {options} }}"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = value / (1 + math.exp(-beta * value))
    np.testing.assert_allclose(y, want)
