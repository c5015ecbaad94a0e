"""What a net says of each image of its test data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from netdef.errors import UsageError
from netdef.graph.graph import Graph
from netdef.net import Net
from netdef.solver.loop import Batches, run_batch


@dataclass(frozen=True)
class Predictions:
    """Images as the net saw them (N×C×H×W), their labels, the most likely classes, and how likely those are (0 … 1)."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    classes: NDArray[np.int64]
    confidence: NDArray[np.float32]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which of them are right."""
        return self.labels == self.classes

    @property
    def accuracy(self) -> float:
        """How many of them are right, 0 … 1."""
        return float(self.right.mean())


def predict(net: Net, batches: Batches, count: int) -> Predictions:
    """Run ``count`` batches of a net that has an Accuracy layer, and gather what that layer compares.

    Raises: UsageError if there is no such layer.
    """
    images, scores, labels = _compared(net.graph)
    gathered: list[list[torch.Tensor]] = [[], [], []]
    with torch.no_grad():
        for number in range(count):
            result, _ = run_batch(net, batches.next(), number, keep=(images, scores, labels))
            for tensors, name in zip(gathered, (images, scores, labels), strict=True):
                tensors.append(result.blobs[name].cpu())
    pictures, raw, truth = (torch.cat(tensors) for tensors in gathered)
    confidence, classes = raw.flatten(1).softmax(1).max(1)
    return Predictions(pictures.numpy(), truth.flatten().long().numpy(), classes.numpy(), confidence.numpy())


def _compared(graph: Graph) -> tuple[str, str, str]:
    """Return the names of the image, score and label blobs."""
    for node in graph.nodes:
        if node.type == "Accuracy":
            scores, labels = node.bottoms
            return graph.sources[0].tops[0].name, scores.name, labels.name
    raise UsageError(f'net "{graph.name}" has no Accuracy layer in this phase: which blobs hold scores and labels is not known')
