"""Solvers on nets written as text, fed with arrays, and what happens in their runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import torch
from google.protobuf import text_format
from numpy.typing import NDArray
from torch import Tensor

from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.evaluation import EvaluatedNet
from netdef.solver.events import (
    Event,
    FinalLoss,
    Finished,
    RateLowered,
    SnapshotDue,
    Tested,
    TestProgress,
    TestStarted,
    Trained,
    UpdateSkipped,
)
from netdef.solver.loop import Solver
from netdef.solver.request import Request
from tests.graph.texts import graph, layer

SHAPES = "input_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 1 } }"
DATA = layer("Input", "", "x,t", SHAPES, name="data")
PRODUCT = layer("InnerProduct", "x", "y", 'inner_product_param { num_output: 1 weight_filler { type: "gaussian" } }')
LOSS = layer("EuclideanLoss", "y,t", "loss")
LINEAR = (DATA, PRODUCT, LOSS)


class ArrayBatch:
    """Some tensors, and the numbers of their rows."""

    def __init__(self, tensors: Mapping[str, Tensor], first: int) -> None:
        self._tensors = tensors
        rows = len(next(iter(tensors.values())))
        self.ordinals: Mapping[str, NDArray[np.int64]] = {"data": np.arange(first, first + rows)}

    def tensors(self, device: torch.device, dtype: torch.dtype) -> Mapping[str, Tensor]:
        return {name: tensor.to(device, dtype) for name, tensor in self._tensors.items()}


class ArrayBatches:
    """Endless batches of ``size`` rows, each row from its own number alone; ``given`` counts the batches."""

    def __init__(self, size: int = 2, change: Callable[[int, dict[str, Tensor]], object] | None = None) -> None:
        self.size = size
        self.change = change
        self.given = 0

    def next(self) -> ArrayBatch:
        first = self.given * self.size
        rows = [np.random.default_rng(row).normal(size=4) for row in range(first, first + self.size)]
        values = torch.from_numpy(np.array(rows))
        tensors = {"x": values[:, :3], "t": values[:, 3:]}
        if self.change:
            self.change(self.given, tensors)
        self.given += 1
        return ArrayBatch(tensors, first)


def options(text: str, policy: str = '"fixed"') -> schema.SolverParameter:
    return text_format.Parse(f"base_lr: 0.1 lr_policy: {policy} {text}", schema.SolverParameter())


def solver(
    text: str,
    *texts: str,
    policy: str = '"fixed"',
    batches: ArrayBatches | None = None,
    tests: Sequence[tuple[Sequence[str], int]] = (),
    request: Callable[[], Request] = lambda: Request.NONE,
) -> Solver:
    """Make a solver; ``tests`` are the texts of its test nets, each with its number of batches."""
    net = Net(graph(*(texts or LINEAR)), dtype=torch.float64)
    evaluated = [
        EvaluatedNet(Net(graph(*test, phase=schema.TEST), dtype=torch.float64, share=net), ArrayBatches(), iterations)
        for test, iterations in tests
    ]
    return Solver(options(text, policy), net, batches or ArrayBatches(), evaluated, request=request)


def requests(*answers: Request) -> Callable[[], Request]:
    """Give these answers, one each time, and then none."""
    rest = iter(answers)
    return lambda: next(rest, Request.NONE)


def written(events: Iterable[Event]) -> list[str]:
    """Write events short: ``train 0``, ``test 0 of net 1`` …"""
    return [_written(event) for event in events]


def _written(event: Event) -> str:
    match event:
        case Trained():
            return f"train {event.iteration}{' shown' if event.displayed else ''}"
        case UpdateSkipped():
            return f"skipped {event.iteration}"
        case TestStarted():
            return f"begin test {event.iteration} of net {event.net}, {event.batches} batches"
        case TestProgress():
            return f"net {event.net}: {event.done} of {event.batches}"
        case Tested():
            return f"test {event.iteration} of net {event.net}"
        case RateLowered():
            return f"rate of {event.iteration} lowered"
        case SnapshotDue():
            return f"snapshot {event.iteration}"
        case FinalLoss():
            return f"final loss {event.iteration}"
        case Finished():
            return f"finished {event.iteration}{' early' if event.early else ''}"
    return "backward" if event.norms else "forward"


def parameters(of: Solver) -> list[list[float]]:
    return [tensor.detach().flatten().tolist() for tensor in of.net.tensors.values()]


def losses(events: Iterable[Event]) -> list[float]:
    return [event.loss for event in events if isinstance(event, Trained)]
