from __future__ import annotations

import pytest
import torch

from netdef.errors import DataError
from netdef.layers.indices import row_numbers


def test_fractions_are_cut_off_and_nothing_numbers_nothing() -> None:
    found = row_numbers(torch.tensor([0.0, 2.9]), 3, "the table")
    assert (found.dtype, found.tolist()) == (torch.int64, [0, 2])
    assert row_numbers(torch.tensor([]), 3, "the table").tolist() == []


@pytest.mark.parametrize("index", [-1, 3])
def test_an_index_of_no_row_is_refused(index: int) -> None:
    with pytest.raises(DataError, match=f"an index is {index}, must be from 0 to 2: the table has 3 rows"):
        row_numbers(torch.tensor([0.0, index, 1.0]), 3, "the table")
