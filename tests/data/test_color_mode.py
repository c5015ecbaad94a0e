from __future__ import annotations

import cv2
import pytest

from netdef.data.color_mode import ColorMode, color_mode
from netdef.errors import DataError
from tests.data.databases import layer_message


def test_the_values_are_those_of_opencv() -> None:
    flags = (cv2.IMREAD_UNCHANGED, cv2.IMREAD_GRAYSCALE, cv2.IMREAD_COLOR)
    assert flags == (ColorMode.NATIVE, ColorMode.GRAY, ColorMode.COLOR)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("", ColorMode.NATIVE),
        ("transform_param { force_color: true }", ColorMode.COLOR),
        ("data_param { force_encoded_color: true }", ColorMode.COLOR),
        ("transform_param { force_gray: true }", ColorMode.GRAY),
    ],
)
def test_options_choose_the_mode(text: str, mode: ColorMode) -> None:
    assert color_mode(layer_message(text)) is mode


def test_both_at_once_are_refused() -> None:
    with pytest.raises(DataError, match="force_color and force_gray are both set"):
        color_mode(layer_message("transform_param { force_color: true force_gray: true }"))
