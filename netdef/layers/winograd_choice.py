"""When a convolution is faster by Winograd's algorithm than by plain sums."""

from __future__ import annotations

from collections.abc import Sequence

SIDES = (3, 5)  # of kernels
POINTS = 6
SQUARE = POINTS**2
# Times are counted in products of plain sums, as measured on Zen 4 with AVX-512.
AT_POINTS, VALUE = 1.15, 16  # a product at a point; a value of a tile found or used
REGISTER = 16  # numbers
# The values of a kernel found and fetched, or fetched alone; and the share of the time of plain sums below which the
# other algorithm is taken: going back gains less.
FOUND, KEPT = (1600, 0.75), (400, 0.85)


def pays(shape: Sequence[int], outputs: int, kernel: int, pad: int, groups: int, *, kept: bool = False) -> bool:
    """Tell whether N×C×H×W is convolved faster by kernels of this length; ``kept``: their values are at hand."""
    images, channels = shape[:2]
    height, width = (length + 2 * pad - kernel + 1 for length in shape[2:])
    if kernel not in SIDES or min(images, height, width) < 1 or pad >= kernel:
        return False
    pairs, tiles = channels * outputs // groups, images * tiles_of(height, width, kernel)
    whole, wide = (groups * _whole(count // groups) for count in (channels, outputs))
    at_points = SQUARE * tiles * (AT_POINTS * channels * wide // groups + VALUE * (whole + wide))
    fetched, share = KEPT if kept else FOUND
    return at_points + fetched * pairs < share * kernel**2 * images * height * width * pairs


def tiles_of(height: int, width: int, kernel: int) -> int:
    """Return into how many tiles so many outputs of square kernels are cut."""
    side = POINTS + 1 - kernel
    return -(-height // side) * -(-width // side)


def _whole(count: int) -> int:
    """Return how many numbers registers take that hold so many."""
    return -(-count // REGISTER) * REGISTER
