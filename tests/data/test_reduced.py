from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from netdef.data.color_mode import ColorMode
from netdef.data.decode import decode_file
from netdef.data.reduced import decode_reduced, reduction
from netdef.data.sizing import scaled_image, scaled_size
from netdef.errors import DataError


def photograph(height: int, width: int, channels: int = 3) -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, channels), np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), 16).astype(np.float32)
    pixels: NDArray[np.uint8] = ((smooth - smooth.min()) * (255 / np.ptp(smooth))).astype(np.uint8)
    return pixels.reshape(height, width, channels)


def jpeg(image: NDArray[np.uint8], ending: str = ".jpg") -> bytes:
    return cv2.imencode(ending, image, [cv2.IMWRITE_JPEG_QUALITY, 95][: 2 * (ending == ".jpg")])[1].tobytes()


LYING = (
    b"\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"
    + bytes(4)
)
"""A marker that says that the picture has to be turned by a quarter."""


def marked(content: bytes) -> bytes:
    return content[:2] + LYING + content[2:]


@pytest.mark.parametrize(
    ("whole", "needed", "factor"),
    [
        ((80, 90), (10, 11), 8),
        ((80, 87), (10, 11), 4),
        ((79, 90), (10, 11), 4),
        ((20, 22), (10, 11), 2),
        ((19, 99), (10, 11), 1),
        ((0, 0), (10, 11), 1),
    ],
)
def test_images_stay_as_large_as_needed(whole: tuple[int, int], needed: tuple[int, int], factor: int) -> None:
    assert reduction(whole, needed) == factor


@pytest.mark.parametrize(("side", "factor"), [(257, 1), (256, 2), (128, 4), (64, 8), (40, 8)])
def test_a_shorter_side_says_how_far_and_the_whole_size_stays_known(side: int, factor: int) -> None:
    content = jpeg(photograph(513, 685))
    image, whole = decode_reduced(content, ColorMode.COLOR, (0, 0), side)
    assert image.shape == (1, -(-513 // factor), -(-685 // factor), 3)
    assert whole == (513, 685)
    scaled = scaled_image(image, side, whole)
    plain = scaled_image(decode_file(content, ColorMode.COLOR)[None], side)
    assert scaled.shape == plain.shape == (1, *scaled_size(513, 685, side), 3)
    assert np.abs(scaled.astype(int) - plain).mean() < 4


def test_images_are_stretched_to_a_size() -> None:
    content = jpeg(photograph(513, 685))
    image, whole = decode_reduced(content, ColorMode.COLOR, (240, 131), 0)
    assert image.shape == (1, 240, 131, 3)
    assert whole == (240, 131)
    plain = cv2.resize(decode_file(content, ColorMode.COLOR), (131, 240))
    assert 0 < np.abs(image[0].astype(int) - plain).mean() < 4


@pytest.mark.parametrize(
    ("channels", "mode", "expected"),
    [(1, ColorMode.NATIVE, 1), (3, ColorMode.NATIVE, 3), (1, ColorMode.COLOR, 3), (3, ColorMode.GRAY, 1)],
)
def test_channels_are_those_asked_for(channels: int, mode: ColorMode, expected: int) -> None:
    image, _ = decode_reduced(jpeg(photograph(40, 50, channels)), mode, (0, 0), 20)
    assert image.shape == (1, 20, 25, expected)


@pytest.mark.parametrize("mode", [ColorMode.COLOR, ColorMode.NATIVE])
def test_pictures_marked_as_lying_lie_as_they_do_whole(mode: ColorMode) -> None:
    content = marked(jpeg(photograph(40, 70)))
    plain = decode_file(content, mode)
    image, whole = decode_reduced(content, mode, (0, 0), 20)
    assert whole == plain.shape[:2] == ((70, 40) if mode is ColorMode.COLOR else (40, 70))
    assert image.shape[1:3] == (whole[0] // 2, whole[1] // 2)


def test_a_picture_that_turns_out_too_small_is_decoded_whole() -> None:
    content = marked(jpeg(photograph(40, 80)))  # upright 80×40
    image, _ = decode_reduced(content, ColorMode.COLOR, (20, 40), 0)
    assert np.array_equal(image[0], cv2.resize(decode_file(content, ColorMode.COLOR), (40, 20)))


def test_other_formats_are_decoded_whole() -> None:
    picture = photograph(40, 50)
    image, whole = decode_reduced(jpeg(picture, ".png"), ColorMode.COLOR, (0, 0), 5)
    assert np.array_equal(image[0], picture)
    assert whole == (40, 50)


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(DataError, match="cannot be decoded"):
        decode_reduced(b"nothing", ColorMode.COLOR, (0, 0), 5)
