"""JPEG files decoded to a half, a quarter or an eighth of their size, where they are scaled down afterwards anyway.

Each block of 8×8 pixels is then made of its lowest frequencies alone, which takes a fraction of the time.
"""

from __future__ import annotations

from operator import ge

import cv2

from netdef.data.color_mode import ColorMode
from netdef.data.decode import Image, decode_file, resized, with_planes
from netdef.data.image_header import jpeg_shape

Size = tuple[int, int]
"""Height and width."""

_GRAY = {8: cv2.IMREAD_REDUCED_GRAYSCALE_8, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2}
_COLOR = {8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4, 2: cv2.IMREAD_REDUCED_COLOR_2}


def decode_reduced(content: bytes | memoryview, mode: ColorMode, size: Size, side: int) -> tuple[Image, Size]:
    """Return the pixels of an image file, P×H×W×K, and the size that they would have if they were not reduced.

    ``size`` is the height and width to stretch them to, which is done here; where it is (0, 0), the image returned is
    still to be scaled until its shorter side has ``side`` pixels.

    Raises: DataError if it cannot be decoded.
    """
    needed = size if any(size) else (side, side)
    image, whole = _read(content, mode, needed)
    if any(size):
        return with_planes(resized(image, size)), size
    return with_planes(image), whole


def _read(content: bytes | memoryview, mode: ColorMode, needed: Size) -> tuple[Image, Size]:
    """Return an image no smaller than needed, if the file's is not, and the size of the file's."""
    channels, *lengths = jpeg_shape(content) or (0, 0, 0)
    height, width = lengths
    factor = reduction((height, width), needed)
    if factor > 1:
        image = decode_file(content, _flags(mode, channels, factor))
        if image.shape[0] >= needed[0] and image.shape[1] >= needed[1]:
            # A picture that a camera marked as lying on its side has been set upright, unlike its header.
            turned = (image.shape[0] < image.shape[1]) != (height < width)
            return image, (width, height) if turned else (height, width)
    image = decode_file(content, mode)
    return image, (image.shape[0], image.shape[1])


def reduction(whole: Size, needed: Size) -> int:
    """Return by which of 8, 4, 2 or 1 height and width may be divided and still be what is needed."""
    return next((factor for factor in _COLOR if all(map(ge, whole, (factor * least for least in needed)))), 1)


def _flags(mode: ColorMode, channels: int, factor: int) -> int:
    """Return OpenCV's flags for what ``mode`` does with a file of so many channels, reduced."""
    gray = mode == ColorMode.GRAY or (mode == ColorMode.NATIVE and channels == 1)
    # Images decoded as they are also lie as they are.
    lying = cv2.IMREAD_IGNORE_ORIENTATION if mode == ColorMode.NATIVE else 0
    return (_GRAY if gray else _COLOR)[factor] | lying
