"""How long whole iterations of a net take: forward, backward, update."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.cli.stopwatch import Stopwatch
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.kernel_limit import kernel_limits
from netdef.solver.rules.updater import Updater

WARM_UP = 2  # the first iterations find memory and choose algorithms
RATE = 1e-6  # an update takes as long with any, and this one leaves the weights as good as they were

Precision = Callable[[], AbstractContextManager[object]]
"""Makes the context in which forward passes run."""


@dataclass(frozen=True)
class IterationTime:
    """The milliseconds of one iteration; 0 for a part that the net has no use for."""

    forward: float
    backward: float
    update: float

    @property
    def total(self) -> float:
        """Those of the whole iteration."""
        return self.forward + self.backward + self.update


def time_iterations(
    net: Net, inputs: Mapping[str, Tensor], iterations: int, precision: Precision
) -> Iterator[IterationTime]:
    """Run a net so many times after a warm-up, and yield each time.

    A net without a loss runs forward only, one in phase TEST is not updated.
    """
    updater = _updater(net) if net.graph.train else None
    for number in range(WARM_UP + iterations):
        time = _iteration(net, inputs, updater, precision)
        if number >= WARM_UP:
            yield time


def _updater(net: Net) -> Updater:
    stored = net.stored()
    return Updater(
        schema.SolverParameter(type="SGD", momentum=0.9, weight_decay=0.0005),
        [tensor for _, tensor in stored],
        [parameter.lr_mult for parameter, _ in stored],
        [parameter.decay_mult for parameter, _ in stored],
        limits=list(kernel_limits(stored)),
    )


def _iteration(net: Net, inputs: Mapping[str, Tensor], updater: Updater | None, precision: Precision) -> IterationTime:
    learns = any(any(node.loss_weights) for node in net.graph.nodes)
    net.zero_grad(set_to_none=True)
    watch = Stopwatch(net.device)
    watch.lap()
    with precision(), torch.set_grad_enabled(learns):
        loss = net(inputs).loss
    forward = watch.lap()
    if not loss.requires_grad:
        return IterationTime(forward, 0.0, 0.0)
    loss.backward()
    backward = watch.lap()
    if updater is None:
        return IterationTime(forward, backward, 0.0)
    updater.step([tensor.grad for _, tensor in net.stored()], RATE, 0)
    return IterationTime(forward, backward, watch.lap())
