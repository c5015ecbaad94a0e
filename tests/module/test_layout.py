from __future__ import annotations

import pytest
import torch

from netdef.module.layout import laid_out

LAST = torch.channels_last


def lies_last(x: torch.Tensor) -> bool:
    return x.is_contiguous(memory_format=LAST) and not x.is_contiguous()


@pytest.mark.parametrize("wanted", [False, True])
def test_images_on_a_cpu_lie_as_they_are_wanted(wanted: bool) -> None:
    images = torch.rand(2, 3, 4, 5)
    found = laid_out(images, wanted, on_gpu=not wanted)
    assert lies_last(found) is wanted
    torch.testing.assert_close(found, images)


def test_images_that_are_not_wanted_so_stay_on_a_cpu_as_they_are() -> None:
    images = torch.rand(2, 3, 4, 5).contiguous(memory_format=LAST)
    assert laid_out(images, False) is images


@pytest.mark.parametrize("before", [torch.contiguous_format, LAST])
@pytest.mark.parametrize("wanted", [False, True])
def test_images_elsewhere_lie_one_way_or_the_other(wanted: bool, before: torch.memory_format) -> None:
    images = torch.rand(2, 3, 4, 5, device="meta").contiguous(memory_format=before)
    assert lies_last(laid_out(images, True, on_gpu=wanted)) is wanted


def test_what_are_no_images_stays() -> None:
    rows = torch.rand(2, 3, device="meta")
    assert laid_out(rows, True, on_gpu=True) is rows
