from __future__ import annotations

import pytest
import torch

from netdef.layers.numbers import out_of_range


@pytest.mark.parametrize(
    ("numbers", "found"), [([0, 2, 1], None), ([], None), ([1, 3, 0], 3), ([-1, 2], -1), ([7, -2], -2)]
)
def test_a_number_out_of_range_is_found(numbers: list[int], found: int | None) -> None:
    assert out_of_range(torch.tensor(numbers, dtype=torch.int64), 3) == found


def test_what_is_on_another_device_is_not_waited_for() -> None:
    assert out_of_range(torch.tensor([9], device="meta"), 3) is None
