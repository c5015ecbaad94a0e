from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, make, numbers, run


@pytest.mark.parametrize(
    ("options", "start", "covered"),
    [("", 1, (3,)), ("axis: 0 num_axes: 2", 0, (2, 3)), ("axis: -2 num_axes: -1", 2, (4, 5)), ("num_axes: 0", 1, ())],
)
def test_the_bias_lies_over_the_axes_it_covers(options: str, start: int, covered: tuple[int, ...]) -> None:
    x = numbers(2, 3, 4, 5)
    (y,), (bias,) = check_layer(make("Bias", f"bias_param {{ {options} }}"), x)
    assert bias.shape == covered
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = value + bias[place[start : start + len(covered)]]
    np.testing.assert_allclose(y, want)


def test_a_bias_from_a_second_bottom() -> None:
    x, bias = numbers(2, 3, 4, 5), numbers(3, 4, seed=1)
    (y,), params = check_layer(make("Bias", bottoms=2), x, bias)
    assert not params
    np.testing.assert_allclose(y, x.numpy() + bias.numpy()[None, :, :, None])


def test_a_second_bottom_without_axes_is_added_to_all() -> None:
    bias = numbers(seed=1)
    for x in (numbers(2, 3), numbers()):
        (y,) = run(make("Bias", bottoms=2), x, bias)
        np.testing.assert_allclose(y, x.numpy() + float(bias))


def test_a_bias_that_reaches_too_far_is_refused() -> None:
    with pytest.raises(ShapeError, match="2 axes from axis 1 on reach beyond bottom, 2×3"):
        make("Bias", "bias_param { num_axes: 2 }").shapes((2, 3))
