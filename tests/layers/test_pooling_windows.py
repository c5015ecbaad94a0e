from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.errors import OptionError, ShapeError
from netdef.layers.pooling_windows import PoolingWindows, is_small, read_pooling_windows
from netdef.schema import netdef_pb2 as schema


def read(options: str) -> PoolingWindows:
    return read_pooling_windows(text_format.Parse(options, schema.PoolingParameter()))


def counted(length: int, kernel: int, stride: int, pad: int, ceil: bool) -> int:
    """Return the number of windows by laying them out one by one."""
    last = length + 2 * pad - kernel
    starts = [0]
    while starts[-1] + stride <= last or (ceil and starts[-1] < last):
        starts.append(starts[-1] + stride)
    return len(starts) - (pad > 0 and starts[-1] >= length + pad)


@pytest.mark.parametrize("ceil", [True, False])
def test_the_number_of_windows_is_as_laid_out(ceil: bool) -> None:
    for kernel in range(1, 5):
        for length in range(kernel, 12):
            for stride in range(1, 6):
                for pad in range(kernel):
                    windows = PoolingWindows((kernel, 1), (stride, 1), (pad, 0), ceil)
                    assert windows.pooled((length, None)) == (counted(length, kernel, stride, pad, ceil), None)


def test_without_padding_a_window_may_lie_wholly_outside() -> None:
    windows = PoolingWindows((2, 2), (4, 4))
    assert windows.pooled((8, 9)) == (3, 3)
    assert windows.overhang(8, 9) == (2, 1)
    assert not windows.usual(8, 9)
    assert windows.usual(9, 9)


def test_padding_of_one_axis_cuts_windows_off_the_other() -> None:
    assert PoolingWindows((2, 2), (4, 4), (1, 0)).pooled((9, 8)) == (3, 2)


def test_padding_by_more_than_half_is_unusual() -> None:
    assert PoolingWindows((3, 3), (3, 3), (1, 1)).usual(5, 5)
    assert not PoolingWindows((3, 3), (3, 3), (2, 2)).usual(5, 5)


def test_a_kernel_a_little_larger_than_the_image_gives_one_window_if_rounded_up() -> None:
    assert PoolingWindows((3, 3), (2, 2)).pooled((2, 2)) == (1, 1)
    with pytest.raises(ShapeError, match="kernel of 3 does not fit into 2 \\+ 2·0 of the width"):
        PoolingWindows((3, 3), (2, 2), ceil=False).pooled((3, 2))


def test_one_number_or_one_for_each_axis() -> None:
    assert read("kernel_size: 3 stride: 2 pad: 1") == PoolingWindows((3, 3), (2, 2), (1, 1))
    options = "kernel_h: 3 kernel_w: 2 stride_h: 4 stride_w: 5 pad_h: 2 pad_w: 1 round_mode: FLOOR"
    assert read(options) == PoolingWindows((3, 2), (4, 5), (2, 1), ceil=False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "has no kernel, must give kernel_size, or kernel_h and kernel_w, or global_pooling"),
        ("kernel_size: 2 kernel_h: 2 kernel_w: 2", "kernel_size and kernel_h are both given"),
        ("kernel_h: 2", "kernel_h is given alone, kernel_h and kernel_w must be given together"),
        ("kernel_size: 2 stride: 1 stride_w: 2", "stride and stride_w are both given"),
        ("kernel_size: 2 pad_h: 1", "pad_h is given alone, pad_h and pad_w must be given together"),
        ("kernel_size: 0", "kernel_size is 0, must be at least 1"),
        ("kernel_size: 2 stride_h: 2 stride_w: 0", "stride is 2×0, must be at least 1"),
        ("kernel_h: 3 kernel_w: 2 pad: 2", "pad is 2, must be less than the kernel, 3×2"),
    ],
)
def test_impossible_windows_are_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        read(options)


def test_a_byte_tells_the_places_of_small_windows_apart() -> None:
    assert is_small(PoolingWindows((16, 16)))
    assert not is_small(PoolingWindows((16, 17)))
