"""Means of what a net puts out, over the batches of a test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from netdef.errors import TrainingError
from netdef.layers.shape import show
from netdef.net import Pass
from netdef.solver.events import Outputs


class Means:
    """Gathers the outputs and the loss of several passes; ``weight`` says how much a pass counts, 1 by default."""

    def __init__(self) -> None:
        self._totals: dict[str, NDArray[np.float64]] = {}
        self._loss = 0.0
        self._weight = 0.0

    def add(self, result: Pass, weight: float = 1) -> None:
        """Take in one more pass.

        Raises: TrainingError if an output has another shape than before: it has no mean.
        """
        for name, values in arrays(result.blobs).items():
            total = self._totals.setdefault(name, np.zeros(values.shape))
            if total.shape != values.shape:
                shapes = f"{show(values.shape)} in one batch, {show(total.shape)} in those before"
                raise TrainingError(f'output "{name}" is {shapes}: it has no mean over batches')
            total += weight * values
        self._loss += weight * result.loss.item()
        self._weight += weight

    @property
    def outputs(self) -> dict[str, NDArray[np.float64]]:
        """The mean of every output, element by element; empty without passes."""
        return {name: np.asarray(total / self._weight) for name, total in self._totals.items()}

    @property
    def loss(self) -> float | None:
        """The mean weighted loss, None without passes."""
        return self._loss / self._weight if self._weight else None


def arrays(blobs: Mapping[str, Tensor]) -> Outputs:
    """Copy tensors to NumPy, which has no 16-bit brain floats."""
    return {name: _array(tensor) for name, tensor in blobs.items()}


def _array(tensor: Tensor) -> NDArray[np.floating]:
    values: NDArray[np.floating] = tensor.detach().to("cpu", torch.promote_types(tensor.dtype, torch.float32)).numpy()
    return values
