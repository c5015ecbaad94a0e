"""The processes that train one net together, as the solver knows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from torch import Tensor

from netdef.solver.request import Request

T = TypeVar("T")


class Workers:
    """All processes of a run; this one, in which ``rank`` is 0 of 1, is a process that works alone.

    Every method must be called by all of them, in the same order.
    """

    rank = 0
    count = 1

    @property
    def leads(self) -> bool:
        """Whether this is the one that logs and saves."""
        return self.rank == 0

    def totals(self, *values: float) -> tuple[float, ...]:
        """Return the sum of each value over all workers."""
        return values

    def gather(self, own: T) -> list[T]:
        """Return what each worker has, in the order of their ranks."""
        return [own]

    def agree(self, request: Request) -> Request:
        """Return what any of them is asked for: a stop before a snapshot."""
        return request

    def follow(self, tensors: Iterable[Tensor]) -> None:
        """Give the tensors of all workers the values of the first one's."""


ALONE = Workers()
