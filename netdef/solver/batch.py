"""Batches, as a solver knows them, and a net's run on one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from netdef.net import Net, Pass


class Batch(Protocol):
    """The inputs of one forward pass."""

    @property
    def ordinals(self) -> Mapping[str, NDArray[np.int64]]:
        """The ordinals of the records, one a row, by source layer."""

    def tensors(self, device: torch.device, dtype: torch.dtype) -> Mapping[str, Tensor]:
        """Return the input blobs by name."""


class Runner(Protocol):
    """A net, or what stands for one."""

    @property
    def device(self) -> torch.device:
        """Where it computes."""

    @property
    def dtype(self) -> torch.dtype:
        """Its type of numbers."""

    def __call__(
        self, inputs: Mapping[str, Tensor], *, rows: Tensor | None, iteration: int, keep: Sequence[str]
    ) -> Pass:
        """Run it, as ``Net.forward``."""


class Batches(Protocol):
    """Where batches come from; what the solver knows of the data."""

    def next(self) -> Batch:
        """Return the next batch."""


def run_batch(net: Runner, batch: Batch, key: int, keep: Sequence[str] = ()) -> tuple[Pass, int]:
    """Run a net on a batch; return the pass and the number of records in it.

    ``key`` keys the draws that belong to no record; the blobs named in ``keep`` are returned beside the outputs.
    """
    device = net.device
    ordinals = next(iter(batch.ordinals.values()), None)
    # At once and in one piece: each layer that draws by them would wait for a copy of its own.
    rows = None if ordinals is None else torch.from_numpy(ordinals).to(device)
    result = net(batch.tensors(device, net.dtype), rows=rows, iteration=key, keep=keep)
    return result, 0 if ordinals is None else len(ordinals)


def output_weights(net: Net) -> dict[str, float]:
    """Return the loss weights of a net's outputs that have one."""
    weights = {value.name: value.producer.loss_weights[value.top] for value in net.graph.outputs}
    return {name: weight for name, weight in weights.items() if weight}
