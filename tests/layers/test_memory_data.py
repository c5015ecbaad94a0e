from __future__ import annotations

import pytest

from netdef.errors import OptionError
from tests.layers.contract import check_text, make

FOUR = "memory_data_param { batch_size: 4 channels: 2 height: 3 width: 5 }"


def test_shapes_are_those_of_the_file() -> None:
    layer = make("MemoryData", FOUR, bottoms=0, tops=2)
    assert layer.shapes() == ((4, 2, 3, 5), (4,))
    check_text(layer)


def test_a_missing_length_is_refused() -> None:
    with pytest.raises(OptionError, match="height is 0, must be at least 1") as caught:
        make("MemoryData", FOUR.replace("height: 3", ""), bottoms=0, tops=2)
    assert caught.value.path == ("memory_data_param", "height")
