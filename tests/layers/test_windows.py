from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.errors import OptionError, ShapeError
from netdef.layers.windows import Windows, read_windows
from netdef.schema import netdef_pb2 as schema


def read(options: str, axes: int = 2) -> Windows:
    return read_windows(text_format.Parse(options, schema.ConvolutionParameter()), axes)


def test_one_number_serves_all_axes_and_several_one_each() -> None:
    assert read("kernel_size: 3") == Windows((3, 3), (1, 1), (0, 0), (1, 1))
    options = "kernel_size: 3 kernel_size: 5 stride: 2 pad: 1 pad: 2 dilation: 2"
    assert read(options) == Windows((3, 5), (2, 2), (1, 2), (2, 2))
    assert read("kernel_size: 3", axes=0) == Windows((), (), (), ())


def test_height_and_width_have_names_of_their_own() -> None:
    options = "kernel_h: 3 kernel_w: 1 stride_h: 2 pad_w: 1 stride_w: 1"
    assert read(options) == Windows((3, 1), (2, 1), (0, 1), (1, 1))


def test_windows_are_counted_down() -> None:
    windows = Windows((3, 3), (2, 2), (1, 1), (2, 1))
    assert windows.extents == (5, 3)
    assert windows.convolved((8, 8)) == (3, 4)
    assert windows.convolved((None, 8)) == (None, 4)


def test_a_window_may_reach_beyond_the_end_by_less_than_a_stride() -> None:
    windows = Windows((3, 5), (2, 4), (0, 1), (1, 1))
    assert windows.convolved((2, 1)) == (1, 1)
    assert [windows.lack(0, 2), windows.lack(1, 1), windows.lack(0, 9)] == [1, 2, 0]
    with pytest.raises(ShapeError, match=r"kernel of 3 \(reach 3\) does not fit into 1 \+ 2·0 on spatial axis 0"):
        windows.convolved((1, 1))


def test_a_kernel_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"kernel of 3 \(reach 5\) does not fit into 4 \+ 2·0 on spatial axis 1"):
        Windows((3, 3), (1, 1), (0, 0), (1, 2)).convolved((4, 4))


@pytest.mark.parametrize(
    ("options", "axes", "words"),
    [
        ("", 2, "kernel_size is given 0 times, must be given once or once for each of 2 spatial axes"),
        ("kernel_size: 1 kernel_size: 2 kernel_size: 3", 2, "kernel_size is given 3 times"),
        ("kernel_size: 2 kernel_h: 2 kernel_w: 2", 2, "kernel_size and kernel_h and kernel_w are both given"),
        ("kernel_h: 2", 2, "kernel_h and kernel_w must be given together"),
        ("kernel_h: 2 kernel_w: 2", 3, "kernel_h and kernel_w need 2 spatial axes, bottom has 3"),
        ("kernel_size: 0", 2, "kernel_size is 0, must be at least 1"),
        ("kernel_size: 1 stride: 0", 2, "stride is 0, must be at least 1"),
        ("kernel_size: 1 dilation: 0", 2, "dilation is 0, must be at least 1"),
    ],
)
def test_impossible_windows_are_refused(options: str, axes: int, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        read(options, axes)
