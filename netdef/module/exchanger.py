"""What a net needs of the other workers that train it."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from netdef.graph.plan import Turn


class Exchanger(Protocol):
    """Worker ``rank`` of ``count``, which all run the same steps at the same time."""

    @property
    def rank(self) -> int:
        """Which worker this is."""

    @property
    def count(self) -> int:
        """How many there are."""

    def exchange(self, turn: Turn, tensor: Tensor) -> Tensor:
        """Give and get rows or channels of a blob; differentiable.

        Gradients of all records are of the mean of the workers' losses, those of own records of the own loss.
        """

    def all_rows(self, rows: Tensor) -> Tensor:
        """Return the ordinals of all workers' records, in the order in which ``exchange`` puts their rows."""
