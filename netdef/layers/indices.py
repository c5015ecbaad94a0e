"""Indices: blobs of floats that number the rows of another blob."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdef.errors import DataError

if TYPE_CHECKING:
    from torch import Tensor


def row_numbers(indices: Tensor, rows: int, what: str) -> Tensor:
    """Return the indices as int64; ``what`` has the rows.

    Raises: DataError for an index of no row, where that can be seen without waiting for a device.
    """
    import torch

    numbers = indices.long()
    if numbers.device.type != "cpu" or torch.compiler.is_compiling() or not numbers.numel():
        return numbers
    low, high = (int(end) for end in torch.aminmax(numbers))
    if low < 0 or high >= rows:
        found = low if low < 0 else high
        raise DataError(f"an index is {found}, must be from 0 to {rows - 1}: {what} has {rows} rows")
    return numbers
