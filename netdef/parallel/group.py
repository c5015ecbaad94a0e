"""The workers of a run as a process group of torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import torch
from torch import Tensor
from torch import distributed as dist
from torch.distributed import PrefixStore, Store  # type: ignore[attr-defined]
from torch.distributed.rendezvous import rendezvous

from netdef.errors import WorkerError
from netdef.parallel.meeting import meet
from netdef.parallel.place import Place
from netdef.solver.request import Request
from netdef.solver.workers import Workers

T = TypeVar("T")
CALMEST_FIRST = (Request.NONE, Request.SNAPSHOT, Request.STOP)


class Group(Workers):
    """Several workers, each a process; numbers go over gloo, gradients over what suits the device."""

    def __init__(self, rank: int, count: int, store: Store, timeout: timedelta) -> None:
        self.rank = rank
        self.count = count
        self.store = store
        self._control = dist.new_group(backend="gloo", timeout=timeout)

    def totals(self, *values: float) -> tuple[float, ...]:
        """Return the sum of each value over all workers."""
        sums = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(sums, group=self._control)
        return tuple(sums.tolist())

    def gather(self, own: T) -> list[T]:
        """Return what each worker has, in the order of their ranks."""
        found: list[T | None] = [None] * self.count
        dist.all_gather_object(found, own, group=self._control)
        return found  # type: ignore[return-value]

    def agree(self, request: Request) -> Request:
        """Return what any of them is asked for: a stop before a snapshot."""
        asked = torch.tensor(CALMEST_FIRST.index(request))
        dist.all_reduce(asked, dist.ReduceOp.MAX, group=self._control)
        return CALMEST_FIRST[int(asked)]

    def follow(self, tensors: Iterable[Tensor]) -> None:
        """Give the tensors of all workers the values of the first one's."""
        for tensor in tensors:
            dist.broadcast(tensor, src=0)


@contextmanager
def joined(place: Place, seconds: float) -> Iterator[Group]:
    """Bring the workers together for the block; ``seconds`` is how long each waits for the others, then and later.

    Raises: WorkerError if they do not all come.
    """
    timeout = timedelta(seconds=seconds)
    try:
        store, rank, count = next(iter(rendezvous("env://", place.rank, place.count, timeout=timeout)))
        store.set_timeout(timeout)
        store = PrefixStore(meet(store, rank, count, seconds), store)
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() and dist.is_nccl_available() else "gloo"
        dist.init_process_group(backend, store=store, rank=rank, world_size=count, timeout=timeout)
    except (WorkerError, dist.DistError, ValueError) as error:
        raise WorkerError(
            f"worker {place.rank} of {place.count}: the workers did not come together within {seconds:g} s: "
            f"{str(error).splitlines()[0]}\n    are all of them started, and can they reach MASTER_ADDR:MASTER_PORT?"
        ) from None
    yield Group(rank, count, store, timeout)
    dist.destroy_process_group()  # not after an error: others may be gone, and would be waited for
