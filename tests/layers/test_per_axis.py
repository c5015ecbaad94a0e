from __future__ import annotations

import pytest
import torch

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Layer
from netdef.layers.per_axis import PerAxis, spread
from tests.layers.contract import make


def per_axis(options: str, bottoms: int = 1) -> PerAxis:
    made: Layer = make("Bias", f"bias_param {{ {options} }}", bottoms=bottoms)
    assert isinstance(made, PerAxis)
    return made


def test_the_covered_axes_are_those_of_the_bottom() -> None:
    assert per_axis("axis: 1 num_axes: 2").covered((2, None, 4, 5)) == (None, 4)
    assert per_axis("axis: 2", bottoms=2).covered((2, 3, 4, 5), (None,)) == (4,)


def test_impossible_ranges_are_refused() -> None:
    with pytest.raises(OptionError, match="num_axes is -2, must be -1"):
        per_axis("num_axes: -2")
    with pytest.raises(ShapeError, match="3 axes from axis 2 on reach beyond bottom, 2×3×4"):
        per_axis("axis: 2 num_axes: 3").covered((2, 3, 4))
    with pytest.raises(ShapeError, match="bottom 1 is 3×5, must be as the axes of bottom 0 from 1 on, 2×3×4"):
        per_axis("", bottoms=2).covered((2, 3, 4), (3, 5))
    with pytest.raises(ShapeError, match=r"bias_param\.axis is 4, but bottom has 3 axes"):
        per_axis("axis: 4").covered((2, 3, 4))


def test_spread_puts_axes_of_length_one_behind() -> None:
    assert spread(torch.zeros(3), axes=4, start=1).shape == (3, 1, 1)
    assert spread(torch.zeros(()), axes=3, start=0).shape == (1, 1, 1)
    assert spread(torch.zeros(4, 5), axes=4, start=2).shape == (4, 5)
