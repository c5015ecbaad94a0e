from __future__ import annotations

import math

import numpy as np
import pytest

from netdef.errors import OptionError
from tests.layers.contract import check_layer, make, numbers, run


@pytest.mark.parametrize(
    ("options", "base", "scale", "shift"),
    [("", math.e, 1, 0), ("base: 2 scale: 0.5 shift: 1.5", 2, 0.5, 1.5), ("scale: -1.25 shift: -3", math.e, -1.25, -3)],
)
def test_exp_by_its_formula(options: str, base: float, scale: float, shift: float) -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("Exp", f"exp_param {{ {options} }}"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = base ** (shift + scale * value)
    np.testing.assert_allclose(y, want)


def test_a_shift_may_make_it_infinite() -> None:
    (y,) = run(make("Exp", "exp_param { shift: 1000 }"), numbers(2, 3))
    assert np.isposinf(y).all()


def test_a_base_of_no_powers_is_refused() -> None:
    with pytest.raises(OptionError, match="base is -2, must be above 0, or -1 for e"):
        make("Exp", "exp_param { base: -2 }")
