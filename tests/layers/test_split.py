from __future__ import annotations

import numpy as np
import torch

from tests.layers.contract import check_layer, context, make, numbers


def test_each_top_is_the_bottom() -> None:
    x = numbers(2, 3, 4, 5)
    tops, _ = check_layer(make("Split", tops=3), x)
    assert len(tops) == 3
    for top in tops:
        np.testing.assert_array_equal(top, x.numpy())


def test_the_gradients_of_the_tops_are_apart_and_add_up() -> None:
    made = make("Split", tops=2)
    x = numbers(2, 3).requires_grad_()
    one, two = made.forward(context(made), (), x)
    (dx, d_one, d_two) = torch.autograd.grad(one.sum() + 5 * two.sum(), (x, one, two))
    assert (float(d_one[1, 2]), float(d_two[1, 2]), float(dx[1, 2])) == (1, 5, 6)
