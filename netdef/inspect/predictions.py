"""What a net says of each image of its test data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from netdef.errors import UsageError
from netdef.graph.graph import Graph
from netdef.layers.normalization import read_ignored
from netdef.layers.shape import show
from netdef.net import Net
from netdef.solver.batch import Batches, run_batch


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
        return np.equal(self.labels, self.classes)

    @property
    def accuracy(self) -> float:
        """How many of them are right, 0 … 1."""
        return float(self.right.mean())


@dataclass(frozen=True)
class Compared:
    """The names of the blobs of images, scores and labels, and what the scores are.

    Their classes lie along ``axis``; ``probabilities`` tells whether they are such already; places whose label is
    ``ignored`` do not count.
    """

    images: str
    scores: str
    labels: str
    probabilities: bool
    axis: int
    ignored: int | None


def predict(net: Net, batches: Batches, count: int) -> Predictions:
    """Run ``count`` batches of a net that has an Accuracy layer, and gather what that layer compares.

    Raises: UsageError if there is no such layer, or it does not give each of some images one class.
    """
    names = compared(net.graph)
    kept = (names.images, names.scores, names.labels)
    gathered: list[list[torch.Tensor]] = [[], [], []]
    with torch.no_grad():
        for number in range(count):
            result, _ = run_batch(net, batches.next(), number, keep=kept)
            for tensors, name in zip(gathered, kept, strict=True):
                tensors.append(result.blobs[name].float().cpu())
    images, scores, labels = (torch.cat(tensors) for tensors in gathered)
    _refuse_other_shapes(names, images, scores, labels)
    chances = scores.flatten(1) if names.probabilities else scores.flatten(1).softmax(1)
    confidence, classes = chances.max(1)
    return Predictions(images.numpy(), labels.flatten().long().numpy(), classes.numpy(), confidence.numpy())


def compared(graph: Graph) -> Compared:
    """Find what a net's Accuracy layer compares, the last if there are several; the images are the net's first blob.

    Raises: UsageError if there is no such layer.
    """
    for node in reversed(graph.nodes):
        if node.type == "Accuracy":
            scores, labels = node.bottoms
            probabilities = scores.producer.type == "Softmax"
            options = node.layer.message.accuracy_param
            images = graph.sources[0].tops[0]
            return Compared(images.name, scores.name, labels.name, probabilities, options.axis, read_ignored(options))
    raise UsageError(
        f'net "{graph.name}" has no Accuracy layer in this phase: which blobs hold scores and labels is not known'
    )


def _refuse_other_shapes(names: Compared, images: torch.Tensor, scores: torch.Tensor, labels: torch.Tensor) -> None:
    if images.dim() != 4 or images.shape[1] not in (1, 3):
        found = show(tuple(images.shape))
        raise UsageError(f'blob "{names.images}" holds no pictures: it is {found}, must be N×1×H×W or N×3×H×W')
    if scores.shape[:2].numel() != scores.numel() or len(labels.flatten()) != len(scores):
        found = f"{show(tuple(scores.shape))} scores, {show(tuple(labels.shape))} labels"
        raise UsageError(f"the net does not give each picture one class: {found}")
