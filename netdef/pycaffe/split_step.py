"""The Split layers that Caffe puts in where a blob has several readers."""

from __future__ import annotations

from collections.abc import Sequence

from netdef.blob import Blob
from netdef.pycaffe.run import Run
from netdef.pycaffe.steps import Step


class SplitStep(Step):
    """Gives its bottom's values to all tops, in one memory, and the sum of their gradients to the bottom."""

    def __init__(
        self, name: str, bottom: Blob, tops: Sequence[Blob], weights: Sequence[float], *, backward: bool
    ) -> None:
        super().__init__(name, "Split", (bottom,), tops, weights)
        self.takes_part = backward
        self.reshape()

    def reshape(self) -> None:
        """Give the tops the bottom's shape and memory."""
        (bottom,) = self.bottoms
        for index in range(len(self.tops)):
            self.shape_top(index, bottom.shape).share_values(bottom)

    def forward(self, run: Run) -> None:
        """Share the values."""
        self.reshape()

    def backward(self, run: Run) -> None:
        """Add up."""
        if self.takes_part:
            (bottom,) = self.bottoms
            total = bottom.gradients(run.device).zero_()
            for top in self.tops:
                total += top.gradients(run.device)
