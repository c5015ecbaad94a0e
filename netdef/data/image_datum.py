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
from netdef.data.sizing import scaled_size
from netdef.errors import DataError, UsageError


@dataclass(frozen=True)
class ImageOptions:
    """What becomes of an image on its way into a database.

    ``gray``: one channel instead of three. ``resize_width``, ``resize_height``: the new size in pixels, both or
    neither. ``resize_shorter``: the new length of the shorter side instead, the other in proportion. ``centre_crop``:
    the side of a square that is then cut from the middle. ``encoded``: store an image file instead of pixels, of the
    format ``encode_type`` ("jpg", "png"), which implies it, or of the file's own; the file's bytes themselves where
    nothing changes them.
    """

    gray: bool = False
    resize_width: int = 0
    resize_height: int = 0
    resize_shorter: int = 0
    centre_crop: int = 0
    encoded: bool = False
    encode_type: str = ""

    def __post_init__(self) -> None:
        if bool(self.resize_width) != bool(self.resize_height) or min(self.resize_width, self.resize_height) < 0:
            found = f"resize_width is {self.resize_width} and resize_height {self.resize_height}"
            raise UsageError(f"{found}: give both, greater than 0, or neither")
        if self.resize_width and self.resize_shorter:
            raise UsageError("resize_width and resize_shorter are both given: the one distorts, the other does not")
        if min(self.resize_shorter, self.centre_crop) < 0:
            found = f"resize_shorter is {self.resize_shorter} and centre_crop {self.centre_crop}"
            raise UsageError(f"{found}: must not be negative")
        if self.resize_shorter and self.centre_crop > self.resize_shorter:
            found = f"centre_crop is {self.centre_crop}, resize_shorter only {self.resize_shorter}"
            raise UsageError(f"{found}: the square must fit into the images")
        if self.encode_type and not cv2.haveImageWriter(f"x.{self.encode_type}"):
            raise UsageError(
                f'encode_type is "{self.encode_type}", which is no format that can be written; try jpg or png'
            )

    @property
    def keeps_size(self) -> bool:
        """Whether images stay as large as they are."""
        return not (self.resize_width or self.resize_shorter or self.centre_crop)

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
        return options.keeps_size and shape is not None and shape[0] == 1
    return options.keeps_size


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
    if options.resize_width:
        pixels = cv2.resize(pixels, (options.resize_width, options.resize_height))
    elif options.resize_shorter:
        height, width = scaled_size(pixels.shape[0], pixels.shape[1], options.resize_shorter)
        pixels = cv2.resize(pixels, (width, height))
    return _middle(pixels, options.centre_crop, image) if options.centre_crop else pixels


def _middle(pixels: NDArray[Any], side: int, image: ListedImage) -> NDArray[Any]:
    height, width = pixels.shape[:2]
    if min(height, width) < side:
        raise DataError(f"{image.path}: is {height}×{width} (height × width), too small for a square of {side}")
    top, left = (height - side) // 2, (width - side) // 2
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])


def _raw(pixels: NDArray[Any], label: int) -> bytes:
    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    channels, height, width = planes.shape
    return write_datum(channels=channels, height=height, width=width, data=planes.tobytes(), label=label, encoded=False)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _same_format(first: str, second: str) -> bool:
    return first == second or {first, second} == {"jpg", "jpeg"}
