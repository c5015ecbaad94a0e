from __future__ import annotations

import numpy as np
import pytest

from netdef.cli.image_net import best, numbers
from netdef.errors import UsageError


def test_numbers_stand_between_commas() -> None:
    assert numbers("2,1,0", "--channel-swap") == [2, 1, 0]
    assert numbers("", "--channel-swap") == []
    with pytest.raises(UsageError, match=r"--channel-swap is 'x', must be whole numbers"):
        numbers("x", "--channel-swap")


def test_the_likeliest_classes_come_first_by_name_or_number() -> None:
    row = np.array([0.1, 0.7, 0.2], np.float32)
    assert best(row, ["cat", "dog"], 2) == ["  0.7000  dog", "  0.2000  2"]
