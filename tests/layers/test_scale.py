from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import ShapeError
from tests.layers.contract import check_layer, make, numbers, run


@pytest.mark.parametrize(
    ("options", "start", "covered"),
    [
        ("", 1, (3,)),
        ("axis: 0 num_axes: 2", 0, (2, 3)),
        ("axis: 1 num_axes: -1", 1, (3, 4, 5)),
        ("axis: -1", 3, (5,)),
        ("num_axes: 0", 1, ()),
    ],
)
def test_factors_and_bias_lie_over_the_axes_they_cover(options: str, start: int, covered: tuple[int, ...]) -> None:
    x = numbers(2, 3, 4, 5)
    (y,), (factors, bias) = check_layer(make("Scale", f"scale_param {{ bias_term: true {options} }}"), x)
    assert factors.shape == bias.shape == covered
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        own = place[start : start + len(covered)]
        want[place] = value * factors[own] + bias[own]
    np.testing.assert_allclose(y, want)


@pytest.mark.parametrize("bias_term", ["false", "true"])
def test_factors_from_a_second_bottom(bias_term: str) -> None:
    x, factors = numbers(2, 3, 4, 5), numbers(3, 4, seed=1)
    made = make("Scale", f"scale_param {{ bias_term: {bias_term} }}", bottoms=2)
    (y,), params = check_layer(made, x, factors)
    want = np.zeros_like(y)
    for (n, c, h, w), value in np.ndenumerate(x.numpy()):
        want[n, c, h, w] = value * float(factors[c, h]) + (params[0][c, h] if params else 0)
    np.testing.assert_allclose(y, want)
    assert len(params) == (bias_term == "true")


def test_a_second_bottom_without_axes_scales_all() -> None:
    factor = numbers(seed=1)
    for x in (numbers(2, 3), numbers()):
        (y,) = run(make("Scale", bottoms=2), x, factor)
        np.testing.assert_allclose(y, x.numpy() * float(factor))


def test_factors_are_one_at_first_unless_the_file_says_otherwise() -> None:
    factors, bias = make("Scale", "scale_param { bias_term: true }").parameters((2, 3))
    assert (factors.filler.type, factors.filler.value) == ("constant", 1)
    assert (bias.filler.type, bias.filler.value) == ("constant", 0)
    (drawn,) = make("Scale", 'scale_param { filler { type: "gaussian" } }').parameters((2, None))
    assert (drawn.filler.type, drawn.shape) == ("gaussian", (None,))


def test_factors_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="bottom 1 is 3, must be as the axes of bottom 0 from 1 on, 3×2"):
        make("Scale", bottoms=2).shapes((3, 2), (3,))
