"""Images from files, and cut into windows."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from netdef.errors import DataError

Image = NDArray[np.float32]
LUMINANCE = (0.2125, 0.7154, 0.0721)  # of red, green and blue, after scikit-image's rgb2gray
GRAY_AXES = 2
LARGEST = {"uint8": 255, "uint16": 65535}
CORNERS_AND_CENTER = 5


def load_image(filename: str | PathLike[str], color: bool = True) -> Image:
    """Return an image file as H×W×3 (RGB) or, without ``color``, H×W×1; float32 from 0 to 1.

    Raises: DataError if the file cannot be read as an image.
    """
    pixels = cv2.imread(fspath(filename), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise DataError(f"{fspath(filename)} cannot be read: not there, or no known image format")
    scaled: NDArray[Any] = pixels / LARGEST.get(str(pixels.dtype), 1)
    rgb = scaled if scaled.ndim == GRAY_AXES else scaled[:, :, 2::-1]
    image = _colored(rgb) if color else _gray(rgb)
    return image.astype(np.float32)


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
