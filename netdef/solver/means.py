"""Means of what a net puts out, over the batches of a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
            self._grow(name, weight * values)
        self._loss += weight * result.loss.item()
        self._weight += weight

    def merge(self, other: Means) -> None:
        """Take in all that another one has gathered.

        Raises: TrainingError as ``add``.
        """
        for name, values in other._totals.items():
            self._grow(name, values)
        self._loss += other._loss
        self._weight += other._weight

    def _grow(self, name: str, values: NDArray[np.floating]) -> None:
        total = self._totals.setdefault(name, np.zeros(values.shape))
        if total.shape != values.shape:
            shapes = f"{show(values.shape)} in one batch, {show(total.shape)} in those before"
            raise TrainingError(f'output "{name}" is {shapes}: it has no mean over batches')
        total += values

    @property
    def outputs(self) -> dict[str, NDArray[np.float64]]:
        """The mean of every output, element by element; empty without passes."""
        return {name: np.asarray(total / self._weight) for name, total in self._totals.items()}

    @property
    def loss(self) -> float | None:
        """The mean weighted loss, None without passes."""
        return self._loss / self._weight if self._weight else None


def together(parts: Iterable[Means]) -> Means:
    """Return what several have gathered.

    Raises: TrainingError as ``Means.add``.
    """
    whole = Means()
    for part in parts:
        whole.merge(part)
    return whole


def arrays(blobs: Mapping[str, Tensor]) -> Outputs:
    """Copy tensors to NumPy, which has no 16-bit brain floats."""
    return {name: _array(tensor) for name, tensor in blobs.items()}


def mean_outputs(parts: Sequence[Outputs]) -> Outputs:
    """Return the mean of each output over the workers; the first one's where they are of different shapes."""
    return {name: _mean([part[name] for part in parts]) for name in parts[0]}


def _mean(values: Sequence[NDArray[np.floating]]) -> NDArray[np.floating]:
    if len(values) == 1 or len({value.shape for value in values}) > 1:
        return values[0]
    return np.asarray(np.mean(values, axis=0))


def _array(tensor: Tensor) -> NDArray[np.floating]:
    wide = torch.promote_types(tensor.dtype, torch.float32)
    values: NDArray[np.floating] = tensor.detach().to("cpu", wide, copy=True).numpy()
    return values
