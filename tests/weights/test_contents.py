from __future__ import annotations

import numpy as np

from netdef.weights.contents import in_order


def test_blobs_stand_at_their_numbers() -> None:
    one, three = np.array(1), np.array(3)
    assert in_order({3: three, 1: one}) == (None, one, None, three)
    assert in_order({}) == ()
