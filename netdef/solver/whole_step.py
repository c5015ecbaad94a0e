"""One iteration, forward, backward and update, as a function of tensors that stay where they are.

A GPU can record it; on a CPU it runs as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from netdef.errors import UsageError
from netdef.net import Pass
from netdef.solver.replica import Replica
from netdef.solver.rules.updater import Updater

WAY_OUT = "leave out cuda_graph (--cuda-graph): only the speed changes"


class StaticBatch:
    """A batch in memory that is filled anew for each pass, with the key of the draws that belong to no record."""

    def __init__(self, inputs: Mapping[str, Tensor], rows: Tensor | None, device: torch.device) -> None:
        self.inputs = {name: torch.empty_like(tensor, device=device) for name, tensor in inputs.items()}
        self.rows = None if rows is None else torch.empty_like(rows, device=device)
        self.key = torch.zeros((), dtype=torch.int64, device=device)

    def fill(self, inputs: Mapping[str, Tensor], rows: Tensor | None, key: int) -> None:
        """Take in a batch.

        Raises: UsageError for one of other shapes than the first.
        """
        for name, held in self.inputs.items():
            if inputs[name].shape != held.shape:
                found, first = (" × ".join(map(str, each.shape)) for each in (inputs[name], held))
                raise UsageError(
                    f'cuda_graph: blob "{name}" is {found}, but {first} in the iteration that was recorded'
                    f"\n    {WAY_OUT}"
                )
            held.copy_(inputs[name], non_blocking=True)
        if self.rows is not None and rows is not None:
            self.rows.copy_(rows, non_blocking=True)
        self.key.fill_(key)


class WholeStep:
    """One iteration as a function from tensors that stay where they are to others that do.

    It reads ``batches`` and ``rates``, and changes parameters, histories and statistics; ``result`` is what the last of
    its passes gave, ``loss`` the mean of all of them.
    """

    def __init__(self, replica: Replica, updater: Updater, batches: Sequence[StaticBatch]) -> None:
        self.batches = batches
        self.rates = updater.room_for_rates()
        self.loss = torch.zeros(())
        self.result: Pass | None = None
        self._replica = replica
        self._updater = updater

    def __call__(self) -> None:
        """Do it."""
        self._replica.net.zero_grad(set_to_none=True)
        passes = [self._pass(batch) for batch in self.batches]
        self._updater.step_there(self._replica.gradients, self.rates)
        self.loss = torch.stack([each.loss for each in passes]).mean()
        self.result = passes[-1]

    def _pass(self, batch: StaticBatch) -> Pass:
        result: Pass = self._replica.net(batch.inputs, rows=batch.rows, iteration=batch.key)
        if result.loss.requires_grad:
            result.loss.backward()  # type: ignore[no-untyped-call]
        return result.detached()
