from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from netdef.module.layout import laid_out


@pytest.mark.parametrize("channels", [1, 3])
def test_what_is_computed_of_images_has_its_channels_last(channels: int) -> None:
    images = torch.arange(2.0 * channels * 6 * 5).view(2, channels, 6, 5)
    laid = laid_out(images, True)
    assert torch.equal(laid, images)
    tops = functional.conv2d(laid, torch.ones(4, channels, 3, 2))
    assert tops.is_contiguous(memory_format=torch.channels_last)


def test_one_channel_is_not_copied() -> None:
    images = torch.zeros(2, 1, 6, 5)
    assert laid_out(images, True).data_ptr() == images.data_ptr()


def test_all_else_stays_as_it_is() -> None:
    images, scores = torch.zeros(2, 3, 6, 5), torch.zeros(2, 3)
    assert laid_out(images, False) is images
    assert laid_out(scores, True) is scores
