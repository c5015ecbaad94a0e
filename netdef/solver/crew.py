"""Who trains: one process or several workers, and how they come by nets and batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import torch
from numpy.typing import NDArray

from netdef.graph.graph import Graph, Parameter
from netdef.loading import open_feed
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.batch import Batches
from netdef.solver.evaluation import TestBatches
from netdef.solver.replica import Replica
from netdef.solver.workers import ALONE, Workers


class Opened(Protocol):
    """Knows how far it has come in some databases, and has something to close."""

    def positions(self) -> dict[str, int]:
        """Return how many records each source layer has given, to all workers."""

    def close(self) -> None:
        """End the threads and close the databases."""


class OpenBatches(Opened, Batches, Protocol):
    """Batches to train on."""


class OpenTestBatches(Opened, TestBatches, Protocol):
    """Batches to test on."""


class Opener(Protocol):
    """What opens the sources of the train net: ``open_feed``, or its like."""

    def __call__(  # noqa: D102
        self, graph: Graph, folder: Path, *, seed: int, name: str, start: dict[str, int] | None = None
    ) -> OpenBatches: ...


class TestOpener(Protocol):
    """What opens the sources of a test net."""

    def __call__(  # noqa: D102
        self, graph: Graph, folder: Path, *, seed: int, name: str, start: dict[str, int] | None = None
    ) -> OpenTestBatches: ...


class NetMaker(Protocol):
    """What makes a net of a graph: the class ``Net``, or its like."""

    def __call__(  # noqa: D102
        self,
        graph: Graph,
        *,
        seed: int,
        device: torch.device,
        devices: Sequence[str] = (),
        share: Net | None = None,
        micro_batches: int = 1,
        given: Mapping[Parameter, NDArray[Any]] = MappingProxyType({}),
    ) -> Net: ...


class ReplicaMaker(Protocol):
    """What makes of a net that which one worker holds of it."""

    def __call__(self, net: Net, options: schema.SolverParameter) -> Replica: ...  # noqa: D102


def whole_net(net: Net, options: schema.SolverParameter) -> Replica:
    """Return the replica of a process that works alone."""
    return Replica(net)


@dataclass(frozen=True)
class Crew:
    """The workers of a training, which all open the same files; by default one process with nets as they are.

    ``seed`` is for runs whose file gives none; without it each worker would draw its own.
    """

    workers: Workers = ALONE
    make_net: NetMaker = Net
    make_replica: ReplicaMaker = whole_net
    open_batches: Opener = open_feed
    open_tests: TestOpener = open_feed
    seed: int | None = None
