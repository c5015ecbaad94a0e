from __future__ import annotations

import math

import pytest

from netdef.layers.powers import power


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [(3, 2, 9), (4, -0.5, 0.5), (0, -1, math.inf), (10, 400, math.inf), (-10, 401, -math.inf), (-10, 400, math.inf)],
)
def test_powers_are_those_of_c(base: float, exponent: float, value: float) -> None:
    assert power(base, exponent) == value


def test_roots_of_negative_numbers_are_no_numbers() -> None:
    assert math.isnan(power(-1, 0.5))
