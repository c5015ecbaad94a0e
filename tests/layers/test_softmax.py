from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, make, numbers, run


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_by_its_formula(axis: int) -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("Softmax", f"softmax_param {{ axis: {axis} }}"), x)
    scores, want = np.moveaxis(x.numpy(), axis, -1), np.moveaxis(np.zeros_like(y), axis, -1)
    for place in np.ndindex(scores.shape[:-1]):
        total = sum(math.exp(score) for score in scores[place])
        want[place] = [math.exp(score) / total for score in scores[place]]
    np.testing.assert_allclose(y, np.moveaxis(want, -1, axis))


def test_large_scores_do_not_overflow() -> None:
    assert run(make("Softmax"), torch.tensor([[1000.0, 1000.0, -1000.0]]))[0].tolist() == [[0.5, 0.5, 0]]


def test_an_axis_that_is_not_there_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"softmax_param\.axis is 2, but bottom has 2 axes"):
        make("Softmax", "softmax_param { axis: 2 }").shapes((3, None))
