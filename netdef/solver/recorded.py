"""A solver's iterations, done by a step that may be recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from netdef.solver.batch import Batch
from netdef.solver.replay import Work
from netdef.solver.replica import Replica
from netdef.solver.rules.updater import Updater
from netdef.solver.whole_step import StaticBatch, WholeStep


class Recorded:
    """The iterations of a solver, by a whole step that ``replay`` does; its memory is made for the first batches."""

    def __init__(self, replica: Replica, updater: Updater, replay: Callable[[Work], Work]) -> None:
        self._replica = replica
        self._updater = updater
        self._replay = replay
        self._step: WholeStep | None = None
        self._work: Work | None = None

    def iterate(self, batches: Sequence[Batch], rate: float, iteration: int) -> tuple[float, Mapping[str, Tensor], int]:
        """Do an iteration on its batches; return its loss, what its last pass gave, and the number of records.

        Raises: UsageError for batches of other shapes than the first ones, or a step that cannot be recorded.
        """
        given = [(batch.tensors(self._replica.device, self._replica.dtype), rows_of(batch)) for batch in batches]
        if self._step is None:
            static = [StaticBatch(inputs, rows, self._replica.device) for inputs, rows in given]
            self._step = WholeStep(self._replica, self._updater, static)
            self._work = self._replay(self._step)
        step = self._step
        for number, (held, (inputs, rows)) in enumerate(zip(step.batches, given, strict=True)):
            held.fill(inputs, rows, iteration * len(given) + number)
        for tensor, value in zip(step.rates, self._updater.rates(rate, iteration), strict=True):
            tensor.fill_(value)
        assert self._work is not None
        self._work()
        assert step.result is not None
        return step.loss.item(), step.result.blobs, sum(0 if rows is None else len(rows) for _, rows in given)


def rows_of(batch: Batch) -> Tensor | None:
    """Return the ordinals of a batch's records."""
    ordinals = next(iter(batch.ordinals.values()), None)
    return None if ordinals is None else torch.from_numpy(ordinals)
