from __future__ import annotations

import pytest

from netdef.layers.winograd_choice import pays


@pytest.mark.parametrize(
    ("shape", "outputs", "kernel", "pad", "groups", "faster"),
    [
        ((8, 256, 56, 56), 256, 3, 1, 1, True),
        ((1, 16, 54, 54), 64, 3, 1, 1, True),
        ((32, 384, 13, 13), 256, 3, 1, 2, True),
        ((32, 96, 27, 27), 256, 5, 2, 2, True),
        ((32, 96, 27, 27), 256, 7, 3, 2, False),  # no such kernels
        ((64, 20, 12, 12), 50, 5, 0, 1, False),  # a part of the registers would be idle
        ((8, 3, 224, 224), 64, 3, 1, 1, False),  # to find the values takes longer than to multiply them
        ((1, 512, 7, 7), 512, 3, 1, 1, False),  # few tiles for many kernels
        ((0, 256, 56, 56), 256, 3, 1, 1, False),
        ((8, 256, 56, 56), 256, 3, 3, 1, False),  # gradients would have to be padded by less than nothing
    ],
)
def test_it_pays_where_channels_and_tiles_are_many(
    shape: tuple[int, ...], outputs: int, kernel: int, pad: int, groups: int, *, faster: bool
) -> None:
    assert pays(shape, outputs, kernel, pad, groups) is faster


def test_kernels_that_are_kept_make_it_pay_earlier() -> None:
    small = 1, 256, 14, 14
    assert not pays(small, 256, 3, 1, 1)
    assert pays(small, 256, 3, 1, 1, kept=True)
