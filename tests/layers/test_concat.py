from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, make, numbers


@pytest.mark.parametrize("option", ["", "axis: -3", "concat_dim: 1"])
def test_channels_follow_one_another(option: str) -> None:
    bottoms = [numbers(2, channels, 4, 5, seed=channels) for channels in (3, 1, 6)]
    (y,), _ = check_layer(make("Concat", f"concat_param {{ {option} }}", bottoms=3), *bottoms)
    want, start = np.zeros((2, 10, 4, 5)), 0
    for bottom in bottoms:
        for (n, c, h, w), value in np.ndenumerate(bottom.numpy()):
            want[n, start + c, h, w] = value
        start += bottom.shape[1]
    np.testing.assert_array_equal(y, want)


def test_one_bottom_is_copied() -> None:
    x = numbers(2, 3)
    (y,), _ = check_layer(make("Concat"), x)
    np.testing.assert_array_equal(y, x.numpy())


def test_what_one_bottom_knows_helps_the_others() -> None:
    made = make("Concat", bottoms=2)
    assert made.shapes((None, 3, 4), (2, 5, None)) == ((2, 8, 4),)
    assert made.shapes((2, 3, 4), (2, None, 4)) == ((2, None, 4),)


def test_bottoms_that_do_not_fit_are_refused_with_all_shapes() -> None:
    made = make("Concat", bottoms=3)
    with pytest.raises(ShapeError, match="bottom 2 is 2×3×5, must be as bottom 0 but on axis 1") as caught:
        made.shapes((2, 3, 4), (None, 9, 4), (2, 3, 5))
    assert caught.value.evidence == ("bottoms are 2×3×4, ?×9×4, 2×3×5",)
    with pytest.raises(ShapeError, match="bottom 1 is 2×3, must be as bottom 0"):
        made.shapes((2, 3, 4), (2, 3), (2, 3, 4))


def test_both_names_of_the_axis_are_refused() -> None:
    with pytest.raises(OptionError, match=r"axis \(1\) and concat_dim \(1\) are both given, must be one or the other"):
        make("Concat", "concat_param { axis: 1 concat_dim: 1 }")
