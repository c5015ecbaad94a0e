"""One of several workers: which records are its own, and how its gradients meet those of the others."""

from __future__ import annotations

from pathlib import Path

from netdef.data.feed import Feed
from netdef.data.stream import Share
from netdef.graph.graph import Graph
from netdef.loading import open_feed
from netdef.net import Net
from netdef.parallel.batch_statistics import join_statistics
from netdef.parallel.replicated import Replicated
from netdef.parallel.sharded import Sharded
from netdef.parallel.turns import Turns
from netdef.schema import netdef_pb2 as schema
from netdef.session import draw_seed
from netdef.solver.crew import Crew
from netdef.solver.replica import Replica
from netdef.solver.workers import Workers


def crew_of(workers: Workers) -> Crew:
    """Return how one of several workers opens a training; all of them must ask at the same time."""

    def make_replica(net: Net, options: schema.SolverParameter) -> Replica:
        if options.sync_batch_norm:
            join_statistics(net, workers)
        return Sharded(net, workers) if options.shard else Replicated(net, workers)

    def open_batches(graph: Graph, folder: Path, *, seed: int, name: str, start: dict[str, int] | None = None) -> Feed:
        share = Share(workers.rank, workers.count)
        return open_feed(graph, folder, seed=seed, name=name, start=start, share=share)

    def open_tests(graph: Graph, folder: Path, *, seed: int, name: str, start: dict[str, int] | None = None) -> Turns:
        share = Share(workers.rank, workers.count, whole_batches=True)
        feed = open_feed(graph, folder, seed=seed, name=name, start=start, share=share)
        return Turns(feed, workers.rank, workers.count, start or {})

    if workers.count == 1:
        return Crew(workers)
    (seed, *_) = workers.gather(draw_seed())
    return Crew(workers, make_replica=make_replica, open_batches=open_batches, open_tests=open_tests, seed=seed)
