from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from netdef.errors import ShapeError
from tests.layers.contract import Array, check_layer, gradients, make, numbers, run


def normalized(x: Array, across: bool, eps: float, variance: bool) -> Array:
    y = np.zeros_like(x)
    for n, c, *_ in np.ndindex(x.shape):
        plane = x[n] if across else x[n, c]
        mean = sum(plane.flat) / plane.size
        std = math.sqrt(sum((value - mean) ** 2 for value in plane.flat) / plane.size)
        y[n, c] = (x[n, c] - mean) / (std + eps) if variance else x[n, c] - mean
    return y


@pytest.mark.parametrize(
    ("options", "across", "variance"),
    [("", False, True), ("across_channels: true", True, True), ("normalize_variance: false", False, False)],
)
def test_mvn_by_its_formula(options: str, across: bool, variance: bool) -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("MVN", f"mvn_param {{ {options} }}"), x)
    np.testing.assert_allclose(y, normalized(x.numpy(), across, 1e-9, variance))


def test_with_a_large_eps_the_gradient_is_that_of_caffe() -> None:
    x = numbers(2, 3, 4, 5)
    made = make("MVN", "mvn_param { eps: 0.5 }")
    (y,), _ = check_layer(made, x, differentiable=False)
    np.testing.assert_allclose(y, normalized(x.numpy(), False, 0.5, True))
    (dx,) = gradients(made, x)
    dy = np.arange(1.0, 121).reshape(x.shape)
    want = np.zeros_like(dx)
    for n, c in np.ndindex(2, 3):
        std = math.sqrt(float(((x[n, c] - x[n, c].mean()) ** 2).mean()))
        along = (y[n, c] * dy[n, c]).mean()  # the derivative would have (std + eps) / std here
        want[n, c] = (dy[n, c] - dy[n, c].mean() - y[n, c] * along) / (std + 0.5)
    np.testing.assert_allclose(dx, want)


def test_missing_axes_have_length_1_and_equal_numbers_become_0() -> None:
    (y,) = run(make("MVN", "mvn_param { across_channels: true }"), torch.tensor([[1.0, 3.0], [5.0, 5.0], [2.0, 8.0]]))
    assert y.shape == (3, 2, 1, 1)
    np.testing.assert_allclose(y[..., 0, 0], [[-1, 1], [0, 0], [-1, 1]])
    assert make("MVN").shapes((None, 3, 7)) == ((None, 3, 7, 1),)


def test_more_axes_than_four_are_refused() -> None:
    with pytest.raises(ShapeError, match="bottom is 1×2×3×4×5, must have at most 4 axes"):
        make("MVN").shapes((1, 2, 3, 4, 5))
