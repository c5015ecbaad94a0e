from __future__ import annotations

import numpy as np
import pytest

from netdef.data.laid_out_mean import MARGIN, Floats, LaidOutMean
from netdef.data.transform import Cut

PIXELS = np.arange(3 * 5 * 7, dtype=np.float32).reshape(3, 5, 7) + 1


def window(mean: LaidOutMean, planes: int, cut: Cut, height: int, width: int, channels: int) -> Floats:
    """Read a window as the kernel does, P×H×W×K."""
    start = MARGIN + mean.start(cut, width)
    rows = [
        mean.numbers[(first := start + plane * mean.plane + row * mean.row) : first + width * channels]
        for plane in range(planes)
        for row in range(height)
    ]
    return np.stack(rows).reshape(planes, height, width, channels)


@pytest.mark.parametrize(("planes", "channels"), [(3, 1), (1, 3)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_window_of_the_mean_goes_where_its_image_goes(planes: int, channels: int, mirrored: bool) -> None:
    found = window(LaidOutMean.of_pixels(PIXELS, planes), planes, Cut(2, 1, mirrored), 3, 4, channels)
    expected = PIXELS[:, 2:5, 1:5]
    whole = found.transpose(0, 3, 1, 2).reshape(3, 3, 4)
    assert np.array_equal(whole, expected[:, :, ::-1] if mirrored else expected)


@pytest.mark.parametrize(("planes", "channels"), [(3, 1), (1, 3)])
@pytest.mark.parametrize(("values", "expected"), [((4, 5, 6), (4, 5, 6)), ((9,), (9, 9, 9)), ((), (0, 0, 0))])
def test_means_of_channels_are_alike_everywhere(
    planes: int, channels: int, values: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    mean = LaidOutMean.of_channels(values, planes, 4, channels)
    found = window(mean, planes, Cut(2, 1, True), 2, 4, channels).transpose(0, 3, 1, 2).reshape(3, 2, 4)
    assert np.array_equal(found, np.broadcast_to(np.array(expected, np.float32)[:, None, None], (3, 2, 4)))
