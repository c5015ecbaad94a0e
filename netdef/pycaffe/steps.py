"""One layer of a net at work on blobs: what the executor runs, forward and backward."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch

from netdef.blob import Blob
from netdef.pycaffe.blob_vec import BlobVec
from netdef.pycaffe.run import Run


class Step(ABC):
    """A layer, with the blobs that it reads and writes; ``weights`` are its tops' loss weights.

    ``blobs`` are its parameters and saved statistics. A top with a weight has it in its gradients from the beginning.
    """

    def __init__(
        self, name: str, type: str, bottoms: Sequence[Blob], tops: Sequence[Blob], weights: Sequence[float] = ()
    ) -> None:
        self.name = name
        self.type = type
        self.bottoms = tuple(bottoms)
        self.tops = tuple(tops)
        self.weights = tuple(weights) or (0.0,) * len(self.tops)
        self.blobs = BlobVec()

    @property
    def shown(self) -> Any:
        """What users see of the layer."""
        return self

    @abstractmethod
    def reshape(self) -> None:
        """Give the tops the shapes that follow from those of the bottoms."""

    @abstractmethod
    def forward(self, run: Run) -> None:
        """Compute the tops' values."""

    @abstractmethod
    def backward(self, run: Run) -> None:
        """Write the bottoms' gradients, and add to those of the parameters."""

    def loss(self, device: torch.device) -> float:
        """Return the tops' share of the net's loss: values times gradients, where a top has a weight."""
        return sum(
            float((top.values(device) * top.gradients(device)).sum())
            for top, weight in zip(self.tops, self.weights, strict=True)
            if weight
        )

    def shape_top(self, index: int, shape: Sequence[int]) -> Blob:
        """Give a top a shape and return it."""
        top, weight = self.tops[index], self.weights[index]
        if top.shape != tuple(shape):
            top.reshape(*shape)
            if weight:
                top.diff[...] = weight
        return top
