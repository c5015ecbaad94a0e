"""The size of an encoded image, read from its first bytes: PNG, JPEG and BMP.

The number of channels is what OpenCV decodes to when it is asked for the image as it is. A picture that a camera marked
as lying on its side is measured lying.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

ImageShape = tuple[int, int, int]
"""Channels, height, width."""

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_GRAY, _PNG_COLOR, _PNG_PALETTE = 0, 2, 3
_JPEG_START = b"\xff\xd8"
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # those three are tables and reserved
_JPEG_LONE_MARKERS = frozenset((0x01, *range(0xD0, 0xD9)))
_BMP_START = b"BM"


def image_shape(content: bytes | memoryview) -> ImageShape | None:
    """Return the shape of an image file from its bytes, None if they are damaged or of another format."""
    view = memoryview(content)
    try:
        if view[:8] == _PNG_START:
            return _png(view)
        if view[:2] == _JPEG_START:
            return _jpeg(view)
        if view[:2] == _BMP_START:
            return _bmp(view)
    except (struct.error, IndexError):
        pass
    return None


def jpeg_shape(content: bytes | memoryview) -> ImageShape | None:
    """Return the shape of a JPEG file from its bytes, None if they are damaged or of another format."""
    return image_shape(content) if content[:2] == _JPEG_START else None


def _png(view: memoryview) -> ImageShape:
    width, height, _, kind = struct.unpack_from(">IIBB", view, 16)
    if kind == _PNG_GRAY:
        return 1, height, width
    if kind in (_PNG_COLOR, _PNG_PALETTE) and b"tRNS" not in _png_chunks(view):
        return 3, height, width
    return 4, height, width


def _png_chunks(view: memoryview) -> Iterator[bytes]:
    """Yield the names of the chunks in front of the pixels."""
    position, name = 8, b""
    while name != b"IDAT":
        length, name = struct.unpack_from(">I4s", view, position)
        position += length + 12
        yield name


def _jpeg(view: memoryview) -> ImageShape:
    position = 2
    while True:
        marker = view[position + 1]
        if view[position] != 0xFF:
            raise IndexError
        if marker in _JPEG_FRAMES:
            height, width, components = struct.unpack_from(">HHB", view, position + 5)
            return 1 if components == 1 else 3, height, width
        if marker == 0xFF:  # a fill byte
            position += 1
        elif marker in _JPEG_LONE_MARKERS:
            position += 2
        else:
            position += 2 + struct.unpack_from(">H", view, position + 2)[0]


def _bmp(view: memoryview) -> ImageShape:
    header, width, height, _, bits = struct.unpack_from("<IiiHH", view, 14)
    shape = abs(height), width
    return (1 if bits <= 8 and _gray_palette(view, 14 + header) else 3), *shape


def _gray_palette(view: memoryview, position: int) -> bool:
    """Say whether the entries of blue, green, red and nothing, up to the pixels, are all gray."""
    pixels = struct.unpack_from("<I", view, 10)[0]
    blue, green, red = (bytes(view[position + color : pixels : 4]) for color in range(3))
    return blue == green == red
