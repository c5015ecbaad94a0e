from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, make, numbers


@pytest.mark.parametrize(("options", "axis"), [("", 1), ("axis: 0", 0), ("axis: -1", 2)])
def test_copies_stand_behind_one_another(options: str, axis: int) -> None:
    x = numbers(2, 3, 4)
    (y,), _ = check_layer(make("Tile", f"tile_param {{ tiles: 3 {options} }}"), x)
    want = np.zeros([length * (3 if at == axis else 1) for at, length in enumerate(x.shape)])
    for place in np.ndindex(want.shape):
        want[place] = x[tuple(at % length for at, length in zip(place, x.shape, strict=True))]
    np.testing.assert_array_equal(y, want)


def test_an_unknown_length_stays_unknown() -> None:
    assert make("Tile", "tile_param { tiles: 3 }").shapes((2, None)) == ((2, None),)
    assert make("Tile", "tile_param { tiles: 3 }").shapes((None, 5)) == ((None, 15),)


def test_no_copies_and_no_axis_are_refused() -> None:
    with pytest.raises(OptionError, match="tiles is 0, must be at least 1") as caught:
        make("Tile")
    assert caught.value.path == ("tile_param", "tiles")
    with pytest.raises(ShapeError, match=r"tile_param\.axis is 1, but bottom has 1 axis"):
        make("Tile", "tile_param { tiles: 2 }").shapes((3,))
