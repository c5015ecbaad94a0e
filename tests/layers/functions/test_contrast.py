from __future__ import annotations

import pytest
import torch

from netdef.layers.functions.contrast import shortfall


def test_distances_within_the_margin_are_pushed_and_others_are_not() -> None:
    squared = torch.tensor([0.25, 0.0, 9.0], dtype=torch.float64, requires_grad=True)
    y = shortfall(squared, 2.0)
    assert y.tolist() == [2.25, 4, 0]
    (slopes,) = torch.autograd.grad(y, squared, torch.tensor([1.0, 2.0, 3.0]).double())
    assert slopes.tolist() == [pytest.approx(-1.5 / 0.5001), pytest.approx(-2 * 2 / 1e-4), 0]
