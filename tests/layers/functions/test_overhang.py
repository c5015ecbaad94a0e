from __future__ import annotations

import torch

from netdef.layers.functions.overhang import filled
from netdef.layers.windows import Windows
from tests.nets import numbers

WINDOWS = Windows(kernel=(3, 5), stride=(2, 4), pad=(0, 1), dilation=(1, 1))


def test_zeros_stand_behind_the_ends_that_the_only_window_reaches_beyond() -> None:
    x = numbers(2, 3, 2, 1)
    y = filled(x, WINDOWS)
    assert y.shape == (2, 3, 3, 3)
    torch.testing.assert_close(y[..., :2, :1], x)
    assert y.count_nonzero() == x.numel()


def test_what_is_long_enough_stays_as_it_is() -> None:
    x = numbers(2, 3, 4, 5)
    assert filled(x, WINDOWS) is x
