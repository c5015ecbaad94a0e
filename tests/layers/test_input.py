from __future__ import annotations

import pytest

from netdef.errors import OptionError
from tests.layers.contract import check_text, make


def test_shapes_are_one_for_all_or_one_each_or_none() -> None:
    one = make("Input", "input_param { shape { dim: 2 dim: 3 } }", bottoms=0, tops=2)
    assert one.shapes() == ((2, 3), (2, 3))
    each = make("Input", "input_param { shape { dim: 2 dim: 3 } shape { } }", bottoms=0, tops=2)
    assert each.shapes() == ((2, 3), ())
    assert make("Input", bottoms=0, tops=2).shapes() == ()
    check_text(one)


def test_shapes_that_are_no_shapes_are_refused() -> None:
    with pytest.raises(OptionError, match="gives 2 shapes for 3 tops, must give none, one, or one for each top"):
        make("Input", "input_param { shape { dim: 2 } shape { dim: 3 } }", bottoms=0, tops=3)
    with pytest.raises(OptionError, match=r"shape \(2, -1\) has a negative length") as caught:
        make("Input", "input_param { shape { dim: 2 dim: -1 } }", bottoms=0)
    assert caught.value.path == ("input_param", "shape", 0)
