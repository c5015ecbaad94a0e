"""The colours of diagrams.

Fills after Paul Tol's "light" scheme: made to lie under dark text and to be told apart by the colour-blind.
"""

from __future__ import annotations

import re

from netdef.layers.base import Kind

FILLS = {
    Kind.DATA: "#DDDDDD",
    Kind.CONVOLUTION: "#77AADD",
    Kind.INNER_PRODUCT: "#EE8866",
    Kind.POOLING: "#44BB99",
    Kind.NORMALIZATION: "#EEDD88",
    Kind.ACTIVATION: "#BBCC33",
    Kind.REGULARIZATION: "#AAAA00",
    Kind.SHAPE: "#99DDFF",
    Kind.LOSS: "#FFAABB",
    Kind.METRIC: "#F3E1EC",
    Kind.OTHER: "#F2F2F2",
}
# Of devices: dark enough for white letters, after the "high-contrast" and "muted" schemes.
DEVICES = ("#004488", "#BB5566", "#997700", "#117733", "#882255", "#332288")
INK = "#1A1A1A"
FADED_INK = "#333333"
LINE = "#555555"
FAINT_LINE = "#999999"
BORDER_SHADE = 0.62
HEX = re.compile("#[0-9A-Fa-f]{6}")


def border(fill: str) -> str:
    """Return a darker tone of a fill."""
    return shaded(fill, BORDER_SHADE)


def shaded(fill: str, share: float) -> str:
    """Return a tone with a share of the light of a fill."""
    channels = (int(fill[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(channel * share):02X}" for channel in channels)


def device_color(index: int) -> str:
    """Return the colour of a net's device, by its place among them."""
    return DEVICES[index % len(DEVICES)]


def cluster_colors(color: str) -> tuple[str, str]:
    """Return border and background of a group's box: the group's colour, or grey."""
    if HEX.fullmatch(color):
        return color, color + "1A"
    return FAINT_LINE, "#0000000A"
