"""The numbers of each item of a batch, side by side."""

from __future__ import annotations

from torch import Tensor


def rows(x: Tensor) -> Tensor:
    """Return N×K for N×…; a batch of one axis has one number an item."""
    return x.flatten(1) if x.dim() > 1 else x[:, None]
