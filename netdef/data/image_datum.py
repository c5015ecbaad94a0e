"""An image file as a Datum, the way convert_imageset makes it.

Source: ReadImageToDatum in io.cpp, convert_imageset.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from netdef.data.color_mode import ColorMode
from netdef.data.datum import write_datum
from netdef.data.image_header import image_shape
from netdef.data.image_list import ListedImage
from netdef.errors import DataError, UsageError


@dataclass(frozen=True)
class ImageOptions:
    """What becomes of an image on its way into a database.

    ``gray``: one channel instead of three. ``resize_width``, ``resize_height``: the new size in pixels, both or
    neither. ``encoded``: store an image file instead of pixels, of the format ``encode_type`` ("jpg", "png"), which
    implies it, or of the file's own; the file's bytes themselves where nothing changes them.
    """

    gray: bool = False
    resize_width: int = 0
    resize_height: int = 0
    encoded: bool = False
    encode_type: str = ""

    def __post_init__(self) -> None:
        if bool(self.resize_width) != bool(self.resize_height) or min(self.resize_width, self.resize_height) < 0:
            found = f"resize_width is {self.resize_width} and resize_height {self.resize_height}"
            raise UsageError(f"{found}: give both, greater than 0, or neither")
        if self.encode_type and not cv2.haveImageWriter(f"x.{self.encode_type}"):
            raise UsageError(
                f'encode_type is "{self.encode_type}", which is no format that can be written; try jpg or png'
            )

    def format_for(self, name: str) -> str:
        """Return the ending that names the format to store, "" for pixels."""
        return self.encode_type or (_ending(name) if self.encoded else "")


class ImageDatum(NamedTuple):
    """The bytes of a Datum and the shape of its image as decoded, H×W or H×W×3."""

    content: bytes
    shape: tuple[int, ...]


def make_datum(image: ListedImage, options: ImageOptions) -> ImageDatum:
    """Read the image file and return its record.

    Raises: DataError if the file cannot be read or decoded, or not encoded again.
    """
    content = image.content()
    pixels = _pixels(content, image, options)
    target = options.format_for(image.name)
    if not target:
        return ImageDatum(_raw(pixels, image.label), pixels.shape)
    if not _stays(content, options) or not _same_format(_ending(image.name), target):
        content = _encoded(pixels, target, image)
    return ImageDatum(write_datum(data=content, label=image.label, encoded=True), pixels.shape)


def _stays(content: bytes, options: ImageOptions) -> bool:
    """Say whether the options leave the image in a file as it is."""
    if options.gray:
        # Caffe keeps the file here even if it is coloured, so that readers get three channels after all.
        shape = image_shape(content)
        return not options.resize_width and shape is not None and shape[0] == 1
    return not options.resize_width


def _encoded(pixels: NDArray[Any], target: str, image: ListedImage) -> bytes:
    try:
        written, content = cv2.imencode(f".{target}", pixels)
    except cv2.error:
        written = False
    if not written:
        raise DataError(f"{image.path}: cannot be encoded as {target}; set encode_type to jpg or png")
    return content.tobytes()


def _pixels(content: bytes, image: ListedImage, options: ImageOptions) -> NDArray[Any]:
    mode = ColorMode.GRAY if options.gray else ColorMode.COLOR
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), mode)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise DataError(f"{image.path}: is no image, or a damaged one")
    return cv2.resize(pixels, (options.resize_width, options.resize_height)) if options.resize_width else pixels


def _raw(pixels: NDArray[Any], label: int) -> bytes:
    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    channels, height, width = planes.shape
    return write_datum(channels=channels, height=height, width=width, data=planes.tobytes(), label=label, encoded=False)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _same_format(first: str, second: str) -> bool:
    return first == second or {first, second} == {"jpg", "jpeg"}
