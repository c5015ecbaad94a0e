from __future__ import annotations

import math

import numpy as np
import torch

from tests.layers.contract import check_layer, gradients, make, numbers, run


def test_bnll_by_its_formula() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("BNLL"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = math.log(1 + math.exp(value))
    np.testing.assert_allclose(y, want)


def test_large_numbers_do_not_overflow() -> None:
    x = torch.tensor([-1000.0, 30.0, 60.0, 1000.0])
    assert run(make("BNLL"), x)[0].tolist() == [0, 30, 60, 1000]
    assert gradients(make("BNLL"), x)[0].tolist() == [0, 2, 3, 4]
