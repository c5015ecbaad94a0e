"""The test of one net in the course of a training.

Source: Solver::Test, solver.cpp.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Protocol

import torch

from netdef.net import Net, Pass
from netdef.solver.batch import Batch, output_weights, run_batch
from netdef.solver.debug_info import DebugInfo, watching
from netdef.solver.events import Event, SnapshotDue, Tested, TestProgress, TestStarted
from netdef.solver.means import Means, together
from netdef.solver.replica import nothing
from netdef.solver.request import Request
from netdef.solver.workers import ALONE, Workers

Run = Generator[Event, None, bool]
"""Yields what happens, and returns whether a request ended it early."""


class TestBatches(Protocol):
    """Where the batches of a test come from."""

    def next(self) -> Batch | None:
        """Return the next batch; None if it is another worker's."""


@dataclass(frozen=True)
class EvaluatedNet:
    """A net that is tested on ``iterations`` batches of its own.

    ``accompany`` is what a worker does that has no batch left while others run their last one; ``debug_info`` measures
    what each pass makes.
    """

    net: Net
    batches: TestBatches
    iterations: int
    accompany: Callable[[], object] = nothing
    debug_info: DebugInfo | None = None


def evaluate(
    test: EvaluatedNet,
    index: int,
    iteration: int,
    request: Callable[[], Request],
    *,
    with_loss: bool,
    workers: Workers = ALONE,
) -> Run:
    """Run test net ``index`` on its batches, ``iteration`` of the training being due, unless a request ends it.

    ``with_loss`` asks for the mean loss beside the means of the outputs. The workers take turns at the batches.
    """
    yield TestStarted(iteration, index, test.iterations)
    means, passes = Means(), 0
    for done in range(test.iterations):
        if done % workers.count == 0 and (yield from _serve(request, iteration)):
            return True
        batch = test.batches.next()
        if batch is not None:
            means.add((yield from _passed(test, batch, done)))
            passes += 1
        yield TestProgress(index, done + 1, test.iterations)
    if passes * workers.count < test.iterations:
        test.accompany()
    means = together(workers.gather(means))
    yield Tested(iteration, index, means.outputs, output_weights(test.net), means.loss if with_loss else None)
    return False


def _passed(test: EvaluatedNet, batch: Batch, done: int) -> Generator[Event, None, Pass]:
    """Run one batch; tell, if that is asked for, what each layer makes of it."""
    with torch.no_grad(), watching(test.debug_info):
        result, _ = run_batch(test.net, batch, done)
        measured = test.debug_info.forward() if test.debug_info else None
    if measured:  # told where gradients are as the one who listens has them
        yield measured
    return result


def _serve(request: Callable[[], Request], iteration: int) -> Run:
    """Serve all that is asked for now, and return whether to stop."""
    while (asked := request()) is not Request.NONE:
        if asked is Request.STOP:
            return True
        yield SnapshotDue(iteration)
    return False
