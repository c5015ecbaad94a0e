"""Whole numbers in blobs of floats: the lowest and the highest, where they can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def out_of_range(numbers: Tensor, length: int) -> int | None:
    """Return a number that is not from 0 to ``length`` - 1; None if all are, or if seeing them means to wait.

    The numbers of another device than the CPU are not looked at, nor those of a net that is traced or transformed.
    """
    import torch

    traced = torch.compiler.is_compiling() or torch._C._are_functorch_transforms_active()
    if numbers.device.type != "cpu" or traced or not numbers.numel():
        return None
    low, high = (int(end) for end in torch.aminmax(numbers))
    if low < 0:
        return low
    return high if high >= length else None
