"""Where a window of an image comes to lie in the square that the net sees.

All arithmetic is float32, in Caffe's order: a rounding that falls otherwise moves the edge by a pixel.

Source: window_data_layer.cpp; Girshick et al., Rich feature hierarchies (2014), appendix A.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from netdef.errors import DataError

_float = np.float32


class Box(NamedTuple):
    """A rectangle of pixels, both corners included."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.x2 - self.x1 + 1

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.y2 - self.y1 + 1


class Framing(NamedTuple):
    """How windows become squares of ``side`` pixels.

    ``context``: pixels of surroundings on each side of the square. ``square``: the smallest square around the window is
    cut out, else the window, which the stretching distorts.
    """

    side: int
    context: int = 0
    square: bool = False


class Placement(NamedTuple):
    """The ``source`` in the image, the size that it is stretched to, and its corner in the square."""

    source: Box
    height: int
    width: int
    top: int
    left: int


def place_window(window: Box, height: int, width: int, framing: Framing, mirrored: bool) -> Placement:
    """Place ``window`` of an image of ``height`` × ``width``; the square is empty where the image ends.

    Raises: DataError if the window lies outside of the image.
    """
    around = _with_context(window, framing) if framing.context or framing.square else window
    inside = Box(max(around.x1, 0), max(around.y1, 0), min(around.x2, width - 1), min(around.y2, height - 1))
    cut_off = around is window and inside != window
    if cut_off or inside.width < 1 or inside.height < 1:
        found = f"the window ({', '.join(map(str, window))})"
        raise DataError(f"{found} does not lie inside of the image, which is {height}×{width} (height × width)")
    beside = around.x2 - inside.x2 if mirrored else inside.x1 - around.x1
    top, rows = _span(inside.y1 - around.y1, inside.height, around.height, framing.side)
    left, columns = _span(beside, inside.width, around.width, framing.side)
    return Placement(inside, rows, columns, top, left)


def _with_context(window: Box, framing: Framing) -> Box:
    """Widen a window so that stretched to the square it leaves room for ``context`` pixels on each side."""
    scale = _float(framing.side) / _float(framing.side - 2 * framing.context)
    half_width, half_height = _float(window.width) / _float(2), _float(window.height) / _float(2)
    center_x, center_y = _float(window.x1) + half_width, _float(window.y1) + half_height
    if framing.square:
        half_width = half_height = max(half_width, half_height)
    reach_x, reach_y = half_width * scale, half_height * scale
    return Box(*map(_round, (center_x - reach_x, center_y - reach_y, center_x + reach_x, center_y + reach_y)))


def _span(before: int, shown: int, whole: int, side: int) -> tuple[int, int]:
    """Scale ``whole`` pixels to ``side``; return start and length of the ``shown`` ones, with ``before`` in front."""
    scale = _float(side) / _float(whole)
    start = _round(_float(before) * scale)
    return start, min(_round(_float(shown) * scale), side - start)


def _round(value: np.float32) -> int:
    """Round halves away from zero, as C does."""
    return int(math.copysign(math.floor(abs(float(value)) + 0.5), value))
