from __future__ import annotations

import pytest

from netdef.errors import OptionError, WiringError
from netdef.layers.base import Layer
from tests.layers.contract import check_text, make


def window_data(options: str = "", transform: str = "crop_size: 7", tops: int = 2) -> Layer:
    text = f'window_data_param {{ source: "w.txt" batch_size: 5 {options} }} transform_param {{ {transform} }}'
    return make("WindowData", text, bottoms=0, tops=tops)


def test_shapes_do_not_depend_on_the_images() -> None:
    made = window_data('crop_mode: "square" context_pad: 3 fg_fraction: 1')
    assert made.shapes() == made.shapes((3, 9, 8)) == ((5, 3, 7, 7), (5,))
    check_text(made)


@pytest.mark.parametrize(
    ("options", "transform", "words"),
    [
        ('crop_mode: "round"', "crop_size: 7", 'crop_mode is "round", must be "warp" or "square"'),
        ("fg_fraction: 1.5", "crop_size: 7", r"fg_fraction is 1\.5, must be between 0 and 1"),
        ("", "", "has no crop_size, must say the side of the windows"),
        ("", "crop_size: 7 pad: 2", "has pad, which WindowData does not apply"),
        ("", "crop_size: 7 colour_pca {}", "has colour_pca, which WindowData does not apply"),
        ("context_pad: 4", "crop_size: 8", "context_pad is 4, must be less than half of crop_size, which is 8"),
    ],
)
def test_refused_options(options: str, transform: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        window_data(options, transform)


def test_missing_options_and_tops() -> None:
    with pytest.raises(OptionError, match="batch_size is 0"):
        make("WindowData", 'window_data_param { source: "w.txt" }', bottoms=0, tops=2)
    with pytest.raises(OptionError, match="has no source, must name a window file"):
        make("WindowData", "window_data_param { batch_size: 5 }", bottoms=0, tops=2)
    with pytest.raises(WiringError, match=r"makes exactly 2"):
        window_data(tops=1)
