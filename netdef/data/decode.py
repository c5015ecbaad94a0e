"""A Datum's pixels as an array.

Images are P×H×W×K here, planes × height × width × channels side by side: raw records (C×H×W) have K = 1, decoded ones
(H×W×C, in the order blue, green, red) have P = 1. So both are cropped and mirrored by the same code, neither is turned.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from netdef.data.color_mode import ColorMode
from netdef.data.datum import Datum
from netdef.errors import DataError

Image = NDArray[Any]
"""uint8 or float32, P×H×W×K."""


def decode(datum: Datum, mode: ColorMode, size: tuple[int, int] = (0, 0)) -> Image:
    """Return the pixels. Raw ones are views of the record; encoded ones have the channels that ``mode`` says.

    ``size`` is the height and width to which decoded ones are stretched, 0 for that of the file.

    Raises: DataError if an image cannot be decoded or the record's length is not that of its pixels.
    """
    if datum.encoded:
        image = decode_file(datum.data, mode)
        return with_planes(resized(image, size) if any(size) else image)
    if len(datum.data):
        return _raw(np.frombuffer(datum.data, np.uint8), datum)
    return _raw(np.frombuffer(datum.float_data, "<f4"), datum)


def _raw(values: NDArray[Any], datum: Datum) -> Image:
    channels, height, width = datum.channels, datum.height, datum.width
    if values.size == 0 or values.size != channels * height * width:
        raise DataError(f"holds {values.size} values, must hold channels×height×width = {channels}×{height}×{width}")
    return values.reshape(channels, height, width, 1)


def resized(image: Image, size: tuple[int, int]) -> Image:
    """Return an image H×W×K or H×W stretched to ``size``, height and width."""
    return cv2.resize(image, size[::-1])


def with_planes(image: Image) -> Image:
    """Return a decoded image, H×W×K or H×W, as P×H×W×K."""
    return image[None, :, :, None] if image.ndim == 2 else image[None]


def decode_file(content: bytes | memoryview, mode: int) -> Image:
    """Return the pixels of an image file's bytes, uint8, H×W×K or, of one channel, H×W.

    ``mode`` is a ``ColorMode``, or other flags of OpenCV's ``imdecode``.

    Raises: DataError if it cannot be decoded.
    """
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), mode)
    except cv2.error as error:
        raise DataError(f"the encoded image of {len(content)} bytes cannot be decoded ({error.err})") from error
    if image is None:
        raise DataError(f"the encoded image of {len(content)} bytes cannot be decoded: damaged, or no known format")
    if image.dtype != np.uint8:
        raise DataError(f"the encoded image has pixels of type {image.dtype}, must have 8 bits (uint8)")
    return image
