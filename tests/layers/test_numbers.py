from __future__ import annotations

import pytest
import torch

from netdef.errors import DataError
from netdef.layers.numbers import refuse_out_of_range


def refusal(found: int) -> DataError:
    return DataError(f"found {found}")


@pytest.mark.parametrize("numbers", [[0, 2, 1], []])
def test_numbers_in_range_are_taken(numbers: list[int]) -> None:
    refuse_out_of_range(torch.tensor(numbers, dtype=torch.int64), 3, refusal)


@pytest.mark.parametrize(("numbers", "found"), [([1, 3, 0], 3), ([-1, 2], -1), ([7, -2], -2)])
def test_a_number_out_of_range_is_refused(numbers: list[int], found: int) -> None:
    with pytest.raises(DataError, match=f"^found {found}$"):
        refuse_out_of_range(torch.tensor(numbers, dtype=torch.int64), 3, refusal)


def test_what_is_on_another_device_is_not_waited_for() -> None:
    refuse_out_of_range(torch.tensor([9], device="meta"), 3, refusal)
