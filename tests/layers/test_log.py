from __future__ import annotations

import math

import numpy as np
import pytest

from netdef.errors import OptionError
from tests.layers.contract import check_layer, make, numbers


@pytest.mark.parametrize(
    ("options", "base", "scale", "shift"),
    [("", math.e, 1, 0), ("base: 10 scale: 2 shift: 1", 10, 2, 1), ("base: 0.5", 0.5, 1, 0)],
)
def test_log_by_its_formula(options: str, base: float, scale: float, shift: float) -> None:
    x = numbers(2, 3, 4, 5).abs() + 0.1
    (y,), _ = check_layer(make("Log", f"log_param {{ {options} }}"), x)
    want = np.zeros_like(y)
    for place, value in np.ndenumerate(x.numpy()):
        want[place] = math.log(shift + scale * value) / math.log(base)
    np.testing.assert_allclose(y, want)


@pytest.mark.parametrize(
    ("base", "words"), [(1, "base is 1, must be another number"), (0, "base is 0, must be above 0, or -1 for e")]
)
def test_a_base_of_no_logarithms_is_refused(base: int, words: str) -> None:
    with pytest.raises(OptionError, match=words) as caught:
        make("Log", f"log_param {{ base: {base} }}")
    assert caught.value.path == ("log_param", "base")
