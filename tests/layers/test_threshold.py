from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.layers.contract import check_layer, make, numbers, run


@pytest.mark.parametrize(("options", "threshold"), [("", 0), ("threshold: 0.5", 0.5)])
def test_threshold_by_its_formula(options: str, threshold: float) -> None:
    x = numbers(2, 3, 4, 5)
    made = make("Threshold", f"threshold_param {{ {options} }}")
    (y,), _ = check_layer(made, x, differentiable=False)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = 1 if value > threshold else 0
    np.testing.assert_array_equal(y, want)
    assert not made.takes_gradient(0)


def test_the_threshold_itself_is_not_above() -> None:
    assert run(make("Threshold"), torch.tensor([-1.0, 0.0, 1.0]))[0].tolist() == [0, 0, 1]
