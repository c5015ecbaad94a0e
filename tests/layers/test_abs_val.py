from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import WiringError
from netdef.layers.register import make_layer
from tests.layers.contract import check_layer, gradients, make, message, numbers


def test_abs_val_by_its_formula() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("AbsVal"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = value if value > 0 else -value
    np.testing.assert_array_equal(y, want)


def test_at_zero_the_gradient_is_zero() -> None:
    (dx,) = gradients(make("AbsVal"), torch.tensor([0.0, -2.0, 2.0]))
    assert dx.tolist() == [0, -2, 3]


def test_the_bottom_may_not_be_overwritten() -> None:
    with pytest.raises(WiringError, match='top "x" would overwrite its bottom'):
        make_layer(message("AbsVal")).check_wiring(["x"], ["x"])
