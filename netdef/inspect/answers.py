"""What nets say of each record of a set, averaged over several views of it and over several nets.

Source: Krizhevsky et al. 2012, sections 4.1 (ten patches) and 5 (several nets): "averaging the predictions made by the
network's softmax layer".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from netdef.data.batch import Batch
from netdef.errors import UsageError
from netdef.inspect.predictions import Compared, compared
from netdef.inspect.tally import Tally
from netdef.layers.labels import class_numbers
from netdef.layers.shape import show
from netdef.loading import Evaluation
from netdef.net import Net
from netdef.solver.batch import run_batch


class Answers(NamedTuple):
    """N×C probabilities (float64) and the N labels (int64) of the records of a set, in order; ``name`` is the net's."""

    name: str
    chances: Tensor
    labels: Tensor

    def tally(self) -> Tally:
        """Count how often the most likely classes are right."""
        tally = Tally(self.chances.shape[1])
        tally.add(self.chances, self.labels)
        return tally


def answers(evaluation: Evaluation) -> Answers:
    """Run a net through its whole set; where its feed has several views of each record, average over them.

    Raises: UsageError if the net has no Accuracy layer, or does not give each record one class.
    """
    names = compared(evaluation.net.graph)
    parts = [_of_batch(evaluation.net, names, batch, number) for number, batch in enumerate(evaluation.feed)]
    chances, labels = (torch.cat(column) for column in zip(*parts, strict=True))
    return Answers(evaluation.net.graph.name, chances, labels)


def _of_batch(net: Net, names: Compared, batch: Batch, number: int) -> tuple[Tensor, Tensor]:
    """Return the mean probabilities of a batch's records over its views, and their labels."""
    chances: list[Tensor] = []
    labels = torch.empty(0)
    for seen in batch.by_view():
        with torch.no_grad():
            result, records = run_batch(net, seen, number, keep=(names.scores, names.labels))
        chances.append(_chances(names, result.blobs[names.scores], records))
        labels = _labels(names, result.blobs)
    return _mean(chances), labels


def _mean(several: Sequence[Tensor]) -> Tensor:
    """Return the mean, which of equal numbers is exactly that number: a sum of ten would be rounded."""
    mean = several[0]
    for count, one in enumerate(several[1:], 2):
        mean = mean + (one - mean) / count
    return mean


def _chances(names: Compared, scores: Tensor, records: int) -> Tensor:
    if len(scores) != records or scores.shape[:2].numel() != scores.numel():
        found = show(tuple(scores.shape))
        raise UsageError(f'the net does not give each record one class: its scores "{names.scores}" are {found}')
    raw = scores.detach().cpu().double().flatten(1)
    return raw if names.probabilities else raw.softmax(1)


def _labels(names: Compared, blobs: dict[str, Tensor]) -> Tensor:
    scores, labels = (blobs[name].detach().cpu() for name in (names.scores, names.labels))
    numbers, _ = class_numbers(labels, scores, 1)
    return numbers.flatten()


def averaged(several: Sequence[Answers]) -> Answers:
    """Return the mean of what several nets say of the same records.

    Raises: UsageError if the records or the classes are not the same.
    """
    first = several[0]
    for other in several[1:]:
        if other.chances.shape != first.chances.shape:
            found = " and ".join(f"{show(tuple(one.chances.shape))} ({one.name})" for one in (first, other))
            raise UsageError(f"nets that are averaged need the same records and classes; found {found}")
        if not torch.equal(first.labels, other.labels):
            record = int((first.labels != other.labels).nonzero()[0, 0])
            labels = f"{int(first.labels[record])} for {first.name} and {int(other.labels[record])} for {other.name}"
            raise UsageError(f"record {record} has the label {labels}: the nets must be tested on the same records")
    names = " + ".join(one.name for one in several)
    return Answers(names, _mean([one.chances for one in several]), first.labels)
