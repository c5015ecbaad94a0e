"""The mean loss over the last iterations."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from netdef.errors import OptionError


class SmoothedLoss:
    """The mean of the last ``window`` losses (average_loss), in the order in which Caffe replaces them.

    Raises: OptionError for a window below 1.
    Source: Solver::UpdateSmoothedLoss, solver.cpp.
    """

    def __init__(self, window: int) -> None:
        if window < 1:
            raise OptionError(f"average_loss is {window}, must be at least 1", path=("average_loss",))
        self.recent = deque[float](maxlen=window)

    def add(self, loss: float) -> float:
        """Take in the loss of one more iteration and return the mean."""
        self.recent.append(loss)
        return self.mean

    @property
    def mean(self) -> float:
        """The mean of what has been taken in, 0 of nothing."""
        return sum(self.recent) / len(self.recent) if self.recent else 0.0

    def restore(self, recent: Iterable[float]) -> None:
        """Go on from the losses of a snapshot, oldest first."""
        self.recent.clear()
        self.recent.extend(recent)
