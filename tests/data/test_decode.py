from __future__ import annotations

import cv2
import numpy as np
import pytest

from netdef.data.color_mode import ColorMode
from netdef.data.datum import parse_datum, write_datum
from netdef.data.decode import decode
from netdef.errors import DataError
from tests.data.databases import pictures, png_datum, raw_datum

PICTURE = pictures(1)[0]


def test_a_raw_record_is_a_view_of_its_planes() -> None:
    datum = parse_datum(raw_datum(PICTURE))
    image = decode(datum, ColorMode.GRAY)
    assert np.array_equal(image[..., 0], PICTURE)
    assert np.shares_memory(image, np.frombuffer(datum.data, np.uint8))


def test_floats_stay_floats() -> None:
    values = np.arange(24, dtype="<f4").reshape(2, 3, 4) / 7
    content = write_datum(channels=2, height=3, width=4, float_data=values.tobytes())
    assert np.array_equal(decode(parse_datum(content), ColorMode.NATIVE)[..., 0], values)


@pytest.mark.parametrize(
    ("channels", "mode", "expected"),
    [
        (3, ColorMode.NATIVE, 3),
        (1, ColorMode.NATIVE, 1),
        (4, ColorMode.NATIVE, 4),
        (1, ColorMode.COLOR, 3),
        (3, ColorMode.GRAY, 1),
    ],
)
def test_an_encoded_image_has_the_channels_asked_for(channels: int, mode: ColorMode, expected: int) -> None:
    picture = pictures(1, channels=channels)[0]
    image = decode(parse_datum(png_datum(picture)), mode)
    assert image.shape == (1, 9, 7, expected)
    if channels == expected:
        assert np.array_equal(image[0].transpose(2, 0, 1), picture)


def test_an_encoded_image_is_stretched_a_raw_one_is_not() -> None:
    image = decode(parse_datum(png_datum(PICTURE)), ColorMode.NATIVE, (4, 5))
    assert np.array_equal(image[0], cv2.resize(PICTURE.transpose(1, 2, 0), (5, 4)))
    assert decode(parse_datum(raw_datum(PICTURE)), ColorMode.NATIVE, (4, 5)).shape == (3, 9, 7, 1)


def test_a_record_of_the_wrong_length_is_refused() -> None:
    content = write_datum(channels=3, height=9, width=7, data=bytes(188))
    with pytest.raises(DataError, match="holds 188 values, must hold channels×height×width = 3×9×7"):
        decode(parse_datum(content), ColorMode.NATIVE)


def test_a_record_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="holds 0 values"):
        decode(parse_datum(b""), ColorMode.NATIVE)


@pytest.mark.parametrize("content", [b"", b"no image", png_datum(PICTURE)[:40]])
def test_what_is_no_image_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match=f"of {len(content)} bytes cannot be decoded"):
        decode(parse_datum(write_datum(data=content, encoded=True)), ColorMode.NATIVE)


def test_sixteen_bits_are_refused() -> None:
    content = cv2.imencode(".png", np.zeros((5, 7), np.uint16))[1].tobytes()
    with pytest.raises(DataError, match="type uint16, must have 8 bits"):
        decode(parse_datum(write_datum(data=content, encoded=True)), ColorMode.NATIVE)
