from __future__ import annotations

import pytest

from netdef.errors import OptionError
from netdef.solver.smoothing import SmoothedLoss


def test_the_mean_is_over_the_last_losses() -> None:
    smoothed = SmoothedLoss(3)
    assert [smoothed.add(loss) for loss in (1, 3, 5, 10, 0)] == pytest.approx([1, 2, 3, 6, 5])
    assert list(smoothed.recent) == [5, 10, 0]


def test_a_window_of_one_is_the_loss_itself() -> None:
    smoothed = SmoothedLoss(1)
    assert [smoothed.add(loss) for loss in (1, 3, 5)] == [1, 3, 5]


def test_nothing_has_the_mean_0() -> None:
    assert SmoothedLoss(2).mean == 0


def test_a_resumed_run_goes_on_with_the_losses_before_it() -> None:
    smoothed = SmoothedLoss(3)
    smoothed.restore([9, 9, 1, 2, 3])
    assert smoothed.mean == 2
    assert smoothed.add(7) == 4


def test_a_window_below_1_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        SmoothedLoss(0)
    assert (str(caught.value), caught.value.path) == ("average_loss is 0, must be at least 1", ("average_loss",))
