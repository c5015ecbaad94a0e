"""Whole numbers in blobs of floats: the lowest and the highest, where they can be seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from netdef.errors import NetdefError

if TYPE_CHECKING:
    from torch import Tensor


def refuse_out_of_range(numbers: Tensor, length: int, refusal: Callable[[int], NetdefError]) -> None:
    """Raise the refusal of a number that is not from 0 to ``length`` - 1, if there is one and it can be seen at once.

    The numbers of another device than the CPU are not looked at, nor those of a net that is traced or transformed.
    """
    import torch

    traced = torch.compiler.is_compiling() or torch._C._are_functorch_transforms_active()
    if numbers.device.type != "cpu" or traced or not numbers.numel():
        return
    from netdef.layers.functions.calls import look

    look(partial(_check, length, refusal), numbers)


def _check(length: int, refusal: Callable[[int], NetdefError], numbers: Tensor) -> None:
    import torch

    low, high = (int(end) for end in torch.aminmax(numbers))
    if low < 0 or high >= length:
        raise refusal(low if low < 0 else high)
