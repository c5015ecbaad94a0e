"""The solver: iterations of forward, backward and update, with tests and snapshots when they are due.

Source of the order of things: solver.cpp (Step, Solve, Test).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from netdef.errors import TrainingError
from netdef.net import Net, Pass
from netdef.schema import netdef_pb2 as schema
from netdef.solver.events import (
    Event,
    FinalLoss,
    Finished,
    SnapshotDue,
    Tested,
    TestProgress,
    TestStarted,
    Trained,
)
from netdef.solver.means import Means, arrays
from netdef.solver.options import CHECKS
from netdef.solver.policies import Policy
from netdef.solver.rules.updater import Updater
from netdef.solver.smoothing import SmoothedLoss


class Batch(Protocol):
    """The inputs of one forward pass."""

    @property
    def ordinals(self) -> Mapping[str, NDArray[np.int64]]:
        """The ordinals of the records, one a row, by source layer."""

    def tensors(self, device: torch.device, dtype: torch.dtype) -> Mapping[str, Tensor]:
        """Return the input blobs by name."""


class Batches(Protocol):
    """Where batches come from; what the solver knows of the data."""

    def next(self) -> Batch:
        """Return the next batch."""


class Request(Enum):
    """What the world outside may ask of a running solver between two iterations."""

    NONE = "none"
    SNAPSHOT = "snapshot"
    STOP = "stop"


@dataclass(frozen=True)
class EvaluatedNet:
    """A net that is tested on ``iterations`` batches of its own."""

    net: Net
    batches: Batches
    iterations: int


def no_request() -> Request:
    """Ask for nothing."""
    return Request.NONE


Run = Generator[Event, None, bool]  # returns whether a request ended it early


class Solver:
    """Trains a net as a solver's message says.

    ``request`` is asked after each iteration and before each batch of a test whether to save a snapshot or to stop.
    Nothing is printed or written here: ``step`` and ``solve`` yield events, and the caller acts on them before it goes
    on to the next. With ``keep_updates`` a parameter's gradient holds, after an iteration, what was subtracted from it.
    ``before_iteration`` and ``before_update`` take callbacks for these moments.

    Raises: OptionError for options that make no sense; TrainingError from ``step`` when the loss is no finite number.
    """

    def __init__(
        self,
        options: schema.SolverParameter,
        net: Net,
        batches: Batches,
        tests: Sequence[EvaluatedNet] = (),
        *,
        request: Callable[[], Request] = no_request,
        keep_updates: bool = False,
    ) -> None:
        for check in CHECKS:
            check(options)
        self.options = options
        self.net = net
        self.batches = batches
        self.tests = tuple(tests)
        self.request = request
        self.iteration = 0
        self.policy = Policy(options)
        parameters = net.graph.parameters
        self.updater = Updater(
            options,
            [net.tensors[parameter] for parameter in parameters],
            [parameter.lr_mult for parameter in parameters],
            [parameter.decay_mult for parameter in parameters],
            keep_updates=keep_updates,
        )
        self.smoothed = SmoothedLoss(options.average_loss)
        self.before_iteration: list[Callable[[], object]] = []
        self.before_update: list[Callable[[], object]] = []

    def resume(self, iteration: int, recent_loss: Sequence[float] = ()) -> None:
        """Go on from an iteration, with the losses that came before it, oldest first."""
        self.iteration = iteration
        self.smoothed.restore(recent_loss)

    def solve(self) -> Iterator[Event]:
        """Train to max_iter; end with a snapshot, a last look at the loss and a last test where the options say so.

        A request to stop is obeyed after the iteration in which it comes, and after the snapshot.
        """
        options = self.options
        stopped = yield from self.step(options.max_iter - self.iteration)
        if options.snapshot_after_train and (not options.snapshot or self.iteration % options.snapshot):
            yield SnapshotDue(self.iteration)
        if not stopped:
            if options.display and self.iteration % options.display == 0:
                yield self._final_loss()
            if self._test_due():
                stopped = yield from self.test_all()
        yield Finished(self.iteration, early=stopped)

    def step(self, iterations: int) -> Run:
        """Do so many iterations, and return whether a request ended them early."""
        end = self.iteration + iterations
        while self.iteration < end:
            wanted = self.iteration > 0 or self.options.test_initialization
            if self._test_due() and wanted and (yield from self.test_all()):
                return True
            yield self._iterate()
            request = self.request()
            due = self.options.snapshot and self.iteration % self.options.snapshot == 0
            if due or request is Request.SNAPSHOT:
                yield SnapshotDue(self.iteration)
            if request is Request.STOP:
                return True
        return False

    def _test_due(self) -> bool:
        return bool(self.options.test_interval) and self.iteration % self.options.test_interval == 0

    def _iterate(self) -> Trained:
        iteration, options = self.iteration, self.options
        for callback in self.before_iteration:
            callback()
        self.net.zero_grad(set_to_none=True)
        displayed = bool(options.display) and iteration % options.display == 0
        loss, images = 0.0, 0
        for micro in range(options.iter_size):
            result, rows = self._forward_backward(iteration * options.iter_size + micro)
            loss += result.loss.item() / options.iter_size
            images += rows
        self._refuse_lost(loss, result)
        smoothed = self.smoothed.add(loss)
        rate = self.policy.rate(iteration)
        for callback in self.before_update:
            callback()
        self.apply_update()
        self.iteration += 1
        outputs = arrays(result.blobs) if displayed else {}
        return Trained(iteration, loss, smoothed, rate, images, displayed, outputs)

    def apply_update(self) -> None:
        """Update the parameters from their gradients as they stand, at this iteration's rate."""
        gradients = [tensor.grad for tensor in self.net.tensors.values()]
        self.updater.step(gradients, self.policy.rate(self.iteration), self.iteration)

    def _forward_backward(self, key: int) -> tuple[Pass, int]:
        """Run one batch; what is returned holds nothing of what was kept for the backward pass."""
        result, rows = run_batch(self.net, self.batches.next(), key)
        if result.loss.requires_grad:
            result.loss.backward()  # type: ignore[no-untyped-call]
        return Pass({name: tensor.detach() for name, tensor in result.blobs.items()}, result.loss.detach()), rows

    def _refuse_lost(self, loss: float, result: Pass) -> None:
        if math.isfinite(loss):
            return
        outputs = ", ".join(f"{name} = {value}" for name, value in arrays(result.blobs).items() if value.size == 1)
        before = f"the loss before was {self.smoothed.recent[-1]:g}" if self.smoothed.recent else "it is the first"
        raise TrainingError(
            f"iteration {self.iteration}: the loss is {loss} ({outputs}); {before}\n"
            f"    the learning rate is {self.policy.rate(self.iteration):g}: try a smaller base_lr, clip_gradients,"
            " or look for bad records; the parameters are as before this iteration"
        )

    def _final_loss(self) -> FinalLoss:
        with torch.no_grad():
            result, _ = run_batch(self.net, self.batches.next(), self.iteration * self.options.iter_size)
        return FinalLoss(self.iteration, self.smoothed.add(result.loss.item()))

    def test_all(self) -> Run:
        """Run all test nets, and return whether a request ended them early."""
        for index in range(len(self.tests)):
            if (yield from self._test(index)):
                return True
        return False

    def _test(self, index: int) -> Run:
        test = self.tests[index]
        yield TestStarted(self.iteration, index, test.iterations)
        means = Means()
        for done in range(test.iterations):
            if (yield from self._serve_requests()):
                return True
            with torch.no_grad():
                result, _ = run_batch(test.net, test.batches.next(), done)
            means.add(result)
            yield TestProgress(index, done + 1, test.iterations)
        loss = means.loss if self.options.test_compute_loss else None
        yield Tested(self.iteration, index, means.outputs, output_weights(test.net), loss)
        return False

    def _serve_requests(self) -> Run:
        """Serve all that is asked for now, and return whether to stop."""
        while (request := self.request()) is not Request.NONE:
            if request is Request.STOP:
                return True
            yield SnapshotDue(self.iteration)
        return False


def run_batch(net: Net, batch: Batch, key: int, keep: Sequence[str] = ()) -> tuple[Pass, int]:
    """Run a net on a batch; return the pass and the number of records in it.

    ``key`` keys the draws that belong to no record; the blobs named in ``keep`` are returned beside the outputs.
    """
    ordinals = next(iter(batch.ordinals.values()), None)
    rows = None if ordinals is None else torch.from_numpy(ordinals)
    inputs = batch.tensors(net.device, net.dtype)
    return net(inputs, rows=rows, iteration=key, keep=keep), 0 if rows is None else len(rows)


def output_weights(net: Net) -> dict[str, float]:
    """Return the loss weights of a net's outputs that have one."""
    weights = {value.name: value.producer.loss_weights[value.top] for value in net.graph.outputs}
    return {name: weight for name, weight in weights.items() if weight}
