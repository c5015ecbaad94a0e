from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, make, numbers


def sigma(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_a_step_by_its_formula() -> None:
    before, gates, cont = numbers(1, 3, 2), numbers(1, 3, 8, seed=1), torch.tensor([[1.0, 0, 1]])
    (c, h), _ = check_layer(make("LSTMUnit", bottoms=3, tops=2), before, gates, cont)
    want_c, want_h = np.zeros((1, 3, 2)), np.zeros((1, 3, 2))
    for n, j in np.ndindex(3, 2):
        i, f, o, g = (float(gates[0, n, gate * 2 + j]) for gate in range(4))
        want_c[0, n, j] = cont[0, n] * sigma(f) * before[0, n, j] + sigma(i) * math.tanh(g)
        want_h[0, n, j] = sigma(o) * math.tanh(want_c[0, n, j])
    np.testing.assert_allclose(c, want_c)
    np.testing.assert_allclose(h, want_h)


def test_cont_gets_no_gradient() -> None:
    made = make("LSTMUnit", bottoms=3, tops=2)
    assert [made.takes_gradient(bottom) for bottom in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (((3, 2), (1, 3, 8), (1, 3)), r"bottom 0 has 2 axes \(3×2\), must have 3"),
        (((2, 3, 2), (1, 3, 8), (1, 3)), "bottom 0 is 2×3×2, must be 1×3×2"),
        (((1, 3, 2), (1, 3, 6), (1, 3)), "bottom 1 is 1×3×6, must be 1×3×8 for a bottom 0 of 1×3×2"),
        (((1, 3, 2), (1, 3, 8), (3,)), "bottom 2 is 3, must be 1×3"),
    ],
)
def test_bottoms_that_do_not_fit_are_refused(shapes: tuple[tuple[int, ...], ...], words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        make("LSTMUnit", bottoms=3, tops=2).shapes(*shapes)
