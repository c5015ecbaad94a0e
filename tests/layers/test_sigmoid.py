from __future__ import annotations

import math

import numpy as np
import torch

from tests.layers.contract import check_layer, gradients, make, numbers, run


def test_sigmoid_by_its_formula() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("Sigmoid"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = 1 / (1 + math.exp(-value))
    np.testing.assert_allclose(y, want)


def test_far_numbers_neither_overflow_nor_lose_their_gradient_to_nan() -> None:
    x = torch.tensor([-1000.0, 1000.0])
    assert run(make("Sigmoid"), x)[0].tolist() == [0, 1]
    assert gradients(make("Sigmoid"), x)[0].tolist() == [0, 0]
