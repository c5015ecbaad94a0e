"""The solver: iterations of forward, backward and update, with tests and snapshots when they are due.

Source of the order of things: solver.cpp (Step, Solve, Test).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from time import perf_counter

import torch
from torch import Tensor

from netdef.errors import TrainingError
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.batch import Batch, Batches, run_batch
from netdef.solver.debug_info import DebugInfo, watching
from netdef.solver.evaluation import EvaluatedNet, Run, evaluate
from netdef.solver.events import Event, FinalLoss, Finished, SnapshotDue, Trained, UpdateSkipped
from netdef.solver.loss_scale import LossScale
from netdef.solver.means import arrays, mean_outputs
from netdef.solver.options import CHECKS
from netdef.solver.policies import Policy
from netdef.solver.recorded import Recorded
from netdef.solver.repeated import Repeated, may_be_repeated
from netdef.solver.replay import Work
from netdef.solver.replica import Replica
from netdef.solver.request import Request, no_request
from netdef.solver.rules.kernel_limit import kernel_limits
from netdef.solver.rules.updater import Updater
from netdef.solver.smoothing import SmoothedLoss
from netdef.solver.watch import watched
from netdef.solver.workers import ALONE, Workers

Blobs = Mapping[str, Tensor]
Passes = Generator[Event, None, tuple[float, Blobs, int]]


class Solver:
    """Trains a net as a solver's message says.

    ``request`` is asked after each iteration and before each batch of a test whether to save a snapshot or to stop.
    Of several workers each has its ``replica`` of the net, and its own batches; they do all of this together.
    Nothing is printed or written here: ``step`` and ``solve`` yield events, and the caller acts on them before it goes
    on to the next. With ``keep_updates`` a parameter's gradient holds, after an iteration, what was subtracted from it.
    ``before_iteration`` and ``before_update`` take callbacks for these moments. ``loss_scale`` is there where the
    precision is FP16, in which the net has been told to compute. With ``replay`` an iteration is one piece of work,
    done by what ``replay`` makes of it, without a moment before the update.

    Passes of a small net on a CPU are repeated from a list of what they do, unless its ``fuse`` is False: a gradient
    has the same memory in each iteration then, and must be copied to be kept.

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
        workers: Workers = ALONE,
        replica: Replica | None = None,
        replay: Callable[[Work], Work] | None = None,
    ) -> None:
        for check in CHECKS:
            check(options)
        self.options = options
        self.net = net
        self.workers = workers
        self.replica = replica or Replica(net)
        self.batches = batches
        self.tests = tuple(tests)
        self._asked = request
        self.iteration = 0
        self.policy = Policy(options)
        parameters = [parameter for parameter, _ in net.stored()]
        self.updater = Updater(
            options,
            self.replica.parts,
            [parameter.lr_mult for parameter in parameters],
            [parameter.decay_mult for parameter in parameters],
            keep_updates=keep_updates,
            norm=self.replica.norm,
            limits=list(kernel_limits(zip(parameters, self.replica.parts, strict=True))),
        )
        self.smoothed = SmoothedLoss(options.average_loss)
        self.loss_scale = LossScale() if options.precision == schema.SolverParameter.FP16 else None
        self._recorded = Recorded(self.replica, self.updater, replay) if replay else None
        self._runner = Repeated(net) if self._repeats() and not keep_updates else self.replica
        self._debug_info = DebugInfo(net) if options.debug_info else None
        self._waited = 0.0
        self.before_iteration: list[Callable[[], object]] = []
        self.before_update: list[Callable[[], object]] = [self.replica.fill_gradients] if keep_updates else []

    def _repeats(self) -> bool:
        """Tell whether an iteration is one pass, whose gradients nobody adds to or scales, of a net that is small."""
        alone = type(self.replica) is Replica and self.workers.count == 1
        return alone and self.loss_scale is None and self.options.iter_size == 1 and may_be_repeated(self.net)

    def request(self) -> Request:
        """Return what any of the workers is asked for."""
        return self.workers.agree(self._asked())

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
        if options.snapshot_after_train and not due(options.snapshot, self.iteration):
            yield SnapshotDue(self.iteration)
        if not stopped:
            if due(options.display, self.iteration):
                yield from self._final_loss()
            if self._test_due():
                stopped = yield from self.test_all()
        yield Finished(self.iteration, early=stopped)

    def step(self, iterations: int) -> Run:
        """Do so many iterations, and return whether a request ended them early."""
        end = self.iteration + iterations
        while self.iteration < end:
            wanted = self.iteration > 0 or self.options.test_initialization
            if wanted and self._test_due() and (yield from self.test_all()):
                return True
            yield from self._iterate()
            request = self.request()
            if request is Request.SNAPSHOT or due(self.options.snapshot, self.iteration):
                yield SnapshotDue(self.iteration)
            if request is Request.STOP:
                return True
        return False

    def _test_due(self) -> bool:
        return due(self.options.test_interval, self.iteration)

    def _iterate(self) -> Iterator[Event]:
        iteration = self.iteration
        for callback in self.before_iteration:
            callback()
        displayed = due(self.options.display, iteration)
        self._waited = 0.0
        rate = self.policy.rate(iteration)
        if self._recorded:
            loss, blobs, images = self._recorded_iteration(rate)
        else:
            loss, blobs, images = yield from self._passes(self._debug_info if displayed else None)
        loss, images = self._over_workers(loss, images)
        if not math.isfinite(loss):
            raise self._lost(loss, blobs)
        smoothed = self.smoothed.add(loss)
        updated = self._recorded is not None or self._update(rate)
        self.iteration += 1
        outputs = mean_outputs(self.workers.gather(arrays(blobs))) if displayed else {}
        yield Trained(iteration, loss, smoothed, rate, images, displayed, outputs, self._waited)
        if self.loss_scale and not updated:
            yield UpdateSkipped(iteration, self.loss_scale.scale, self.loss_scale.skipped)

    def _passes(self, debug_info: DebugInfo | None) -> Passes:
        """Run all batches of an iteration; return its loss, what the last pass gave, and the number of records."""
        self.net.zero_grad(set_to_none=True)
        count, loss, images = self.options.iter_size, 0.0, 0
        with watching(debug_info):
            for micro in range(count):
                with self.replica.pass_of(last=micro == count - 1):
                    own, blobs, rows = yield from self._forward_backward(self.iteration * count + micro, debug_info)
                loss += own.item() / count
                images += rows
        return loss, blobs, images

    def _recorded_iteration(self, rate: float) -> tuple[float, Blobs, int]:
        """Do passes and update as one piece of work, and return what ``_passes`` does."""
        assert self._recorded is not None
        batches = [self._next_batch() for _ in range(self.options.iter_size)]
        return self._recorded.iterate(batches, rate, self.iteration)

    def _update(self, rate: float) -> bool:
        for callback in self.before_update:
            callback()
        return self._apply(rate)

    def apply_update(self) -> bool:
        """Update the parameters from their gradients as they stand, at this iteration's rate; that ends the iteration.

        Return whether that was done: gradients that overflow in FP16 change nothing.
        """
        done = self._apply(self.policy.rate(self.iteration))
        self.iteration += 1
        return done

    def _apply(self, rate: float) -> bool:
        gradients = self.replica.gradients
        if self.loss_scale:
            finite = self.loss_scale.bring_down(gradients, self.workers)
            self.loss_scale.follow(finite=finite)
            if not finite:
                return False
        self.updater.step(gradients, rate, self.iteration)
        return True

    def _forward_backward(
        self, key: int, debug_info: DebugInfo | None
    ) -> Generator[Event, None, tuple[Tensor, Blobs, int]]:
        """Run one batch; what is returned holds nothing of what was kept for the backward pass."""
        runner = self.replica if debug_info else self._runner
        result, rows = run_batch(runner, self._next_batch(), key)
        if debug_info:
            yield debug_info.forward()
        if result.loss.requires_grad:
            start = self.loss_scale.scaled(result.loss) if self.loss_scale else result.loss
            start.backward()  # type: ignore[no-untyped-call]
            result = result.detached()
        if debug_info:
            yield debug_info.backward(self.loss_scale.scale if self.loss_scale else 1.0)
        return result.loss, result.blobs, rows

    def _next_batch(self) -> Batch:
        start = perf_counter()
        batch = self.batches.next()
        self._waited += perf_counter() - start
        return batch

    def _over_workers(self, loss: float, images: int) -> tuple[float, int]:
        """Return the mean of all workers' losses, and the number of all their images."""
        losses, all_images = self.workers.totals(loss, images)
        return losses / self.workers.count, int(all_images)

    def settle(self) -> None:
        """Give all workers the running statistics of the first one's layers."""
        kept = (own for own in self.net.stored() if not own[0].learned and not self.net.holds_part_of(own[0]))
        self.workers.follow(tensor for _, tensor in kept)

    def _lost(self, loss: float, blobs: Blobs) -> TrainingError:
        outputs = ", ".join(f"{name} = {value}" for name, value in arrays(blobs).items() if value.size == 1)
        before = f"the loss before was {self.smoothed.recent[-1]:g}" if self.smoothed.recent else "it is the first"
        return TrainingError(
            f"iteration {self.iteration}: the loss is {loss} ({outputs}); {before}\n"
            f"    the learning rate is {self.policy.rate(self.iteration):g}: try a smaller base_lr, clip_gradients,"
            f" or look for bad records (debug_info: true and display: 1 show in which layer it begins);"
            f" the parameters are as {'after' if self._recorded else 'before'} this iteration"
        )

    def _final_loss(self) -> Iterator[Event]:
        # Caffe measures this pass if it has measured the last one that trained.
        debug_info = self._debug_info if due(self.options.display, self.iteration - 1) else None
        with torch.no_grad(), watching(debug_info):
            result, rows = run_batch(self.replica, self.batches.next(), self.iteration * self.options.iter_size)
            if debug_info:
                yield debug_info.forward()
        loss, _ = self._over_workers(result.loss.item(), rows)
        yield FinalLoss(self.iteration, self.smoothed.add(loss))

    def test_all(self) -> Run:
        """Run all test nets, and return whether a request ended them early."""
        with_loss = self.options.test_compute_loss
        self.settle()
        self.replica.prepare_tests()
        for index, test in enumerate(self.tests):
            run = evaluate(test, index, self.iteration, self.request, with_loss=with_loss, workers=self.workers)
            if (yield from watched(run, self.policy)):
                return True
        return False


def due(interval: int, iteration: int) -> bool:
    """Tell whether what is done every so many iterations is to be done at this one; 0 is never."""
    return interval != 0 and iteration % interval == 0
