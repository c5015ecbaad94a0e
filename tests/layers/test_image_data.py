from __future__ import annotations

import pytest

from netdef.errors import OptionError, WiringError
from netdef.layers.base import Layer
from netdef.layers.shape import Shape
from tests.layers.contract import check_text, make

UNKNOWN = ()


def image_data(options: str, transform: str = "") -> Layer:
    options = f'image_data_param {{ source: "list.txt" {options} }} transform_param {{ {transform} }}'
    return make("ImageData", options, bottoms=0, tops=2)


@pytest.mark.parametrize(
    ("options", "transform", "record", "image"),
    [
        ("batch_size: 4", "", (3, 9, 7), (4, 3, 9, 7)),
        ("batch_size: 4", "crop_size: 5", (3, 9, 7), (4, 3, 5, 5)),
        ("", "", (3, 9, 7), (1, 3, 9, 7)),
        ("batch_size: 4", "", UNKNOWN, (4, 3, None, None)),
        ("batch_size: 4 is_color: false", "", UNKNOWN, (4, 1, None, None)),
        ("batch_size: 4 new_height: 8 new_width: 6", "", UNKNOWN, (4, 3, 8, 6)),
        ("batch_size: 4 new_height: 8 new_width: 6 is_color: false", "crop_size: 5", UNKNOWN, (4, 1, 5, 5)),
    ],
)
def test_shapes(options: str, transform: str, record: Shape, image: Shape) -> None:
    made = image_data(options, transform)
    assert made.shapes(*([record] if record else [])) == (image, image[:1])


def test_the_text_says_what_it_must() -> None:
    check_text(image_data(""))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("batch_size: 0", "batch_size is 0, must be at least 1"),
        ("new_height: 8", "new_height is 8, but new_width is not set: give both or neither"),
        ("new_width: 6", "new_width is 6, but new_height is not set"),
    ],
)
def test_refused_options(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        image_data(options)


def test_a_missing_list_and_a_missing_label() -> None:
    with pytest.raises(OptionError, match="has no source, must name a list of image files"):
        make("ImageData", "", bottoms=0, tops=2)
    with pytest.raises(WiringError, match=r"1 top .*makes exactly 2"):
        make("ImageData", 'image_data_param { source: "list.txt" }', bottoms=0)


def test_a_crop_larger_than_the_images() -> None:
    with pytest.raises(OptionError, match="crop_size is 8, but the records are 9×7"):
        image_data("", "crop_size: 8").shapes((3, 9, 7))
