from __future__ import annotations

import torch

from netdef.layers.functions.rows import rows
from tests.nets import numbers


def test_the_numbers_of_an_item_lie_side_by_side() -> None:
    x = numbers(2, 3, 4)
    torch.testing.assert_close(rows(x), x.reshape(2, 12))


def test_a_batch_of_one_axis_has_one_number_an_item() -> None:
    assert rows(numbers(5)).shape == (5, 1)
