"""Bottoms that are shorter than the window that lies over them."""

from __future__ import annotations

from operator import ge

from torch import Tensor
from torch.nn import functional

from netdef.layers.windows import Windows


def filled(x: Tensor, windows: Windows) -> Tensor:
    """Return N×C×(spatial) with zeros behind its ends, as far as a window that is the only one reaches beyond them."""
    if all(map(ge, x.shape[2:], windows.extents)):
        return x
    lacks = [windows.lack(axis, length) for axis, length in enumerate(x.shape[2:])]
    return functional.pad(x, [margin for lack in reversed(lacks) for margin in (0, lack)]) if any(lacks) else x
