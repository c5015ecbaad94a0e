"""Indices: blobs of floats that number the rows of another blob."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from netdef.errors import DataError
from netdef.layers.numbers import refuse_out_of_range

if TYPE_CHECKING:
    from torch import Tensor


def row_numbers(indices: Tensor, rows: int, what: str) -> Tensor:
    """Return the indices as int64; ``what`` has the rows.

    Raises: DataError for an index of no row, where that can be seen without waiting for a device.
    """
    numbers = indices.long()
    refuse_out_of_range(numbers, rows, partial(_no_row, rows, what))
    return numbers


def _no_row(rows: int, what: str, found: int) -> DataError:
    return DataError(f"an index is {found}, must be from 0 to {rows - 1}: {what} has {rows} rows")
