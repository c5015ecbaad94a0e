"""Images from files, and cut into windows."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any, BinaryIO
from urllib.request import urlopen

import cv2
import numpy as np
from numpy.typing import NDArray

from netdef.errors import DataError

Image = NDArray[np.float32]
LUMINANCE = (0.2125, 0.7154, 0.0721)  # of red, green and blue, after scikit-image's rgb2gray
GRAY_AXES = 2
LARGEST = {"uint8": 255, "uint16": 65535}
CORNERS_AND_CENTER = 5
URL_SCHEMES = ("http://", "https://", "ftp://", "file://")


class ImageError(DataError, OSError):
    """An image that cannot be read."""


def load_image(filename: str | PathLike[str] | BinaryIO, color: bool = True) -> Image:
    """Return an image file as H×W×3 (RGB) or, without ``color``, H×W×1; float32 from 0 to 1.

    ``filename`` may be a URL, or an open file, in memory too.
    Raises: ImageError if it cannot be read as an image.
    """
    pixels = _read(filename) if isinstance(filename, (str, PathLike)) else _decode(filename.read())
    if pixels is None:
        name = fspath(filename) if isinstance(filename, (str, PathLike)) else "the open file"
        raise ImageError(f"{name} cannot be read: not there, or no known image format")
    scaled: NDArray[Any] = pixels / LARGEST.get(str(pixels.dtype), 1)
    rgb = scaled if scaled.ndim == GRAY_AXES else scaled[:, :, 2::-1]
    image = _colored(rgb) if color else _gray(rgb)
    return image.astype(np.float32)


def _read(filename: str | PathLike[str]) -> NDArray[Any] | None:
    name = fspath(filename)
    if not name.startswith(URL_SCHEMES):
        return cv2.imread(name, cv2.IMREAD_UNCHANGED)
    try:
        with urlopen(name) as answer:
            return _decode(answer.read())
    except OSError as error:
        raise ImageError(f"{name} cannot be read ({error})") from error


def _decode(content: bytes) -> NDArray[Any] | None:
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED) if content else None


def _colored(image: NDArray[Any]) -> NDArray[Any]:
    return np.repeat(image[:, :, None], 3, axis=2) if image.ndim == GRAY_AXES else image


def _gray(image: NDArray[Any]) -> NDArray[Any]:
    return image[:, :, None] if image.ndim == GRAY_AXES else (image @ np.array(LUMINANCE))[:, :, None]


def oversample(images: Sequence[NDArray[Any]] | NDArray[Any], crop_dims: tuple[int, int]) -> Image:
    """Return ten crops of each image: four corners and the centre, then the same mirrored.

    ``images`` are H×W×K, all of one size; the result is (10·N)×(crop_dims)×K, float32.
    """
    height, width = int(crop_dims[0]), int(crop_dims[1])
    size = np.array(images[0].shape[:2])
    bottom, right = (int(length) for length in size - (height, width))
    middle = center_crop(tuple(size), crop_dims)
    starts = [(0, 0), (0, right), (bottom, 0), (bottom, right), middle]
    crops = np.empty((len(images), 2 * CORNERS_AND_CENTER, height, width, images[0].shape[-1]), np.float32)
    for index, image in enumerate(images):
        for number, (top, left) in enumerate(starts):
            crops[index, number] = image[top : top + height, left : left + width]
    crops[:, CORNERS_AND_CENTER:] = crops[:, :CORNERS_AND_CENTER, :, ::-1]
    return crops.reshape(-1, *crops.shape[2:])


def center_crop(size: tuple[int, ...], crop_dims: tuple[int, ...] | NDArray[Any]) -> tuple[int, int]:
    """Return where a crop in the middle begins."""
    return int(size[0] / 2 - crop_dims[0] / 2), int(size[1] / 2 - crop_dims[1] / 2)
