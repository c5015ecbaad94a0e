"""Workers that are threads of one process, for what needs nothing of torch."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from netdef.solver.request import Request
from netdef.solver.workers import Workers

T = TypeVar("T")
PATIENCE = 20  # seconds


class Table:
    """Where the threads put what they have."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.places: list[object] = [None] * count
        self.barrier = Barrier(count, timeout=PATIENCE)


class Thread(Workers):
    """One of the threads."""

    def __init__(self, rank: int, table: Table) -> None:
        self.rank = rank
        self.count = table.count
        self.table = table

    def gather(self, own: T) -> list[T]:
        self.table.places[self.rank] = own
        self.table.barrier.wait()
        found = list(self.table.places)
        self.table.barrier.wait()
        return found  # type: ignore[return-value]

    def totals(self, *values: float) -> tuple[float, ...]:
        return tuple(map(sum, zip(*self.gather(values), strict=True)))

    def agree(self, request: Request) -> Request:
        asked = self.gather(request)
        return next((one for one in (Request.STOP, Request.SNAPSHOT) if one in asked), Request.NONE)


def in_threads(count: int, work: Callable[[Workers], T]) -> list[T]:
    """Do the work of several workers at the same time; return what each returns."""
    table = Table(count)
    with ThreadPoolExecutor(count) as pool:
        return [done.result() for done in [pool.submit(work, Thread(rank, table)) for rank in range(count)]]
