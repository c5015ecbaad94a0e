from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError
from tests.layers.contract import check_layer, gradients, make, numbers

BOUNDS = "clip_param { min: -0.5 max: 0.75 }"


def test_clip_by_its_formula() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("Clip", BOUNDS), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = max(-0.5, min(0.75, value))
    np.testing.assert_array_equal(y, want)


def test_at_the_bounds_the_gradient_passes() -> None:
    (dx,) = gradients(make("Clip", BOUNDS), torch.tensor([-0.6, -0.5, 0.0, 0.75, 0.8]))
    assert dx.tolist() == [0, 2, 3, 4, 0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "has no min, must give min and max"),
        ("clip_param { min: 2 max: 1 }", "min is 2, must not be above max, 1"),
    ],
)
def test_impossible_bounds_are_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        make("Clip", options)
