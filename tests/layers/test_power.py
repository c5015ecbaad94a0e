from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.layers.contract import check_layer, gradients, make, numbers, run


@pytest.mark.parametrize(
    ("power", "scale", "shift"), [(1, 1, 0), (1, -2, 0.5), (2, 0.5, -1), (3, 1, 0), (0.75, 0.25, 4), (-1.5, 0.5, 5)]
)
def test_power_by_its_formula(power: float, scale: float, shift: float) -> None:
    x = numbers(2, 3, 4, 5)
    made = make("Power", f"power_param {{ power: {power} scale: {scale} shift: {shift} }}")
    (y,), _ = check_layer(made, x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = (shift + scale * value) ** power
    np.testing.assert_allclose(y, want)


@pytest.mark.parametrize(
    ("options", "value"), [("power: 0 scale: 3", 1), ("power: 0.5 scale: 0", 0), ("power: 3 scale: 0 shift: 2", 8)]
)
def test_a_constant_has_the_gradient_zero_and_no_nan(options: str, value: float) -> None:
    made = make("Power", f"power_param {{ {options} }}")
    x = torch.tensor([-1.0, 0.0, float("inf")])
    assert run(made, x)[0].tolist() == [value] * 3
    assert gradients(made, x)[0].tolist() == [0, 0, 0]
    check_layer(made, numbers(2, 3))


@pytest.mark.parametrize(
    ("options", "value"), [("power: -1 scale: 0", np.inf), ("power: 0.5 scale: 0 shift: -2", np.nan)]
)
def test_a_constant_may_be_infinite_or_no_number(options: str, value: float) -> None:
    (y,) = run(make("Power", f"power_param {{ {options} }}"), numbers(2, 3))
    np.testing.assert_array_equal(y, np.full((2, 3), value))
