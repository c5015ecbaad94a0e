from __future__ import annotations

import torch

from netdef.layers.functions.floor import floor


def test_the_floor_lifts_numbers_and_not_their_gradient() -> None:
    x = torch.tensor([-3.0, -1.0, 2.0], requires_grad=True)
    y = floor(x, -1.0)
    assert y.tolist() == [-1, -1, 2]
    (slopes,) = torch.autograd.grad(y, x, torch.tensor([1.0, 2.0, 3.0]))
    assert slopes.tolist() == [1, 2, 3]
