from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, gradients, make, numbers


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 3)])
@pytest.mark.parametrize("shared", [False, True])
def test_prelu_by_its_formula(shape: tuple[int, ...], shared: bool) -> None:
    x = numbers(*shape)
    options = "prelu_param { channel_shared: true }" if shared else ""
    (y,), (slopes,) = check_layer(make("PReLU", options), x)
    assert slopes.shape == (() if shared else (3,))
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        slope = slopes[()] if shared else slopes[place[1]]
        want[place] = max(value, 0) + slope * min(value, 0)
    np.testing.assert_allclose(y, want)


def test_at_zero_the_gradient_is_the_slope() -> None:
    x = torch.tensor([[0.0, 0.0], [-1.0, 1.0]])
    (dx,) = gradients(make("PReLU"), x, params=[torch.tensor([0.5, 0.25])])
    assert dx.tolist() == [[0.5, 0.5], [1.5, 4]]


def test_slopes_are_a_quarter_at_first_unless_the_file_says() -> None:
    (spec,) = make("PReLU").parameters((None, 3, 4))
    assert (spec.shape, spec.filler.type, spec.filler.value) == ((3,), "constant", 0.25)
    (spec,) = make("PReLU", 'prelu_param { filler { type: "gaussian" std: 2 } }').parameters((None, None))
    assert (spec.shape, spec.filler.type) == ((None,), "gaussian")


def test_a_bottom_without_channels_is_refused() -> None:
    with pytest.raises(ShapeError, match="bottom is 3, must have at least 2 axes: items and channels"):
        make("PReLU").shapes((3,))
