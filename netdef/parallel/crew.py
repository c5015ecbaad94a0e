"""One of several workers: which records are its own, and how its gradients meet those of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from numpy.typing import NDArray

from netdef.data.feed import Feed
from netdef.data.stream import Share
from netdef.errors import UsageError
from netdef.graph.graph import Graph, Parameter
from netdef.loading import open_feed
from netdef.net import Net
from netdef.parallel.batch_statistics import join_statistics
from netdef.parallel.exchange import GroupExchanger
from netdef.parallel.hybrid import Hybrid
from netdef.parallel.replicated import Replicated
from netdef.parallel.turns import Turns
from netdef.schema import netdef_pb2 as schema
from netdef.session import draw_seed
from netdef.solver.crew import Crew
from netdef.solver.replica import Replica
from netdef.solver.workers import Workers


def crew_of(workers: Workers) -> Crew:
    """Return how one of several workers opens a training; all of them must ask at the same time."""
    if workers.count == 1:
        return Crew(workers)
    (seed, *_) = workers.gather(draw_seed())
    one = _OneOfMany(workers, GroupExchanger(workers))
    return Crew(workers, one.make_net, one.make_replica, one.open_batches, one.open_tests, seed)


@dataclass(frozen=True)
class _OneOfMany:
    """Makes what one of several workers has of a training."""

    workers: Workers
    exchanger: GroupExchanger

    def make_net(
        self,
        graph: Graph,
        *,
        seed: int,
        device: torch.device,
        devices: Sequence[str] = (),
        share: Net | None = None,
        micro_batches: int = 1,
        given: Mapping[Parameter, NDArray[Any]] = MappingProxyType({}),
    ) -> Net:
        """Make the train net, of which layers may be split over the workers; test nets have whole layers."""
        refuse_common_files(graph, self.workers.count)
        return Net(
            graph,
            seed=seed,
            device=device,
            devices=devices,
            share=share,
            micro_batches=micro_batches,
            exchanger=None if share else self.exchanger,
            given=given,
        )

    def make_replica(self, net: Net, options: schema.SolverParameter) -> Replica:
        """Make of a train net what exchanges gradients as the solver says."""
        if options.sync_batch_norm:
            join_statistics(net, self.workers)
        if net.exchanger is None:
            return _sharded(net, self.workers) if options.shard else Replicated(net, self.workers)
        if options.shard:
            raise UsageError("shard cuts every layer, and over_workers in a layer_group splits some: use one of them")
        return Hybrid(net, self.workers, self.exchanger)

    def open_batches(
        self, graph: Graph, folder: Path, *, seed: int, name: str, start: dict[str, int] | None = None
    ) -> Feed:
        """Open the train net's databases, for the records of this worker."""
        share = Share(self.workers.rank, self.workers.count)
        return open_feed(graph, folder, seed=seed, name=name, start=start, share=share)

    def open_tests(
        self, graph: Graph, folder: Path, *, seed: int, name: str, start: dict[str, int] | None = None
    ) -> Turns:
        """Open a test net's databases, for the batches of this worker."""
        rank, count = self.workers.rank, self.workers.count
        share = Share(rank, count, whole_batches=True)
        feed = open_feed(graph, folder, seed=seed, name=name, start=start, share=share)
        return Turns(feed, rank, count, start or {})


def _sharded(net: Net, workers: Workers) -> Replica:
    from netdef.parallel.sharded import Sharded  # with torch's FSDP, which takes half a second to import

    return Sharded(net, workers)


def refuse_common_files(graph: Graph, count: int) -> None:
    """Refuse layers that write files: ``count`` workers would overwrite one another's.

    Raises: UsageError.
    """
    for node in graph.nodes:
        if node.type == "HDF5Output":
            raise UsageError(
                f'layer "{node.name}" (HDF5Output): {count} workers would write the same file\n'
                "    run it in one process, say by netdef test"
            )
