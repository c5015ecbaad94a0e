"""A net judged by all of its test data: what its outputs' means do not tell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from netdef.graph.graph import Graph
from netdef.inspect.mistakes import Mistakes
from netdef.inspect.predictions import compared
from netdef.inspect.tally import Tally
from netdef.layers.labels import class_numbers


class Judgement:
    """Counts and collects, batch by batch, what a net's last Accuracy layer compares.

    Raises: UsageError if there is no such layer.
    """

    def __init__(self, graph: Graph) -> None:
        self._names = compared(graph)
        self.records = 0
        self.tally = Tally(0)
        self.mistakes = Mistakes()

    @property
    def blobs(self) -> tuple[str, ...]:
        """The blobs that ``add`` wants to see."""
        return (self._names.images, self._names.scores, self._names.labels)

    def add(self, blobs: Mapping[str, Tensor], records: NDArray[np.int64]) -> None:
        """Take in a batch with the blobs' values and the ordinals of its records."""
        images, raw, truth = (blobs[name].detach().cpu() for name in self.blobs)
        axis = self._names.axis % raw.dim()
        numbers, kept = class_numbers(truth, raw, axis, self._names.ignored)
        scores = raw.float().movedim(axis, -1).flatten(0, -2)
        labels = numbers.flatten()
        if kept is not None:
            scores, labels = scores[kept.flatten()], labels[kept.flatten()]
        if not self.records:
            self.tally = Tally(scores.shape[1])
        self.records += len(records)
        self.tally.add(scores, labels)
        if len(labels) == len(records):  # one answer a record; where some do not count, which is whose is not known
            chances = scores if self._names.probabilities else scores.softmax(1)
            self.mistakes.add(records, chances, labels, images)
