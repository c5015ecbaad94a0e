"""How often a net is right over a whole set, and which classes it takes for which."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import torch
from torch import Tensor

RANKS = (1, 5)


class Confusion(NamedTuple):
    """How many places of class ``label`` the net takes for ``said``."""

    label: int
    said: int
    times: int


class Tally:
    """Counts batch by batch. As in an Accuracy layer, classes that score as high as the right one count against it."""

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self._hits = dict.fromkeys((rank for rank in RANKS if rank <= classes), 0)
        self._right = torch.zeros(classes, dtype=torch.int64)
        self._all = torch.zeros(classes, dtype=torch.int64)
        self._pairs: Counter[int] = Counter()

    def add(self, scores: Tensor, labels: Tensor) -> None:
        """Count places of N×C scores and N labels (int64), both on the CPU."""
        others = (scores >= scores.gather(1, labels[:, None])).sum(1) - 1  # the right class is no other
        for rank in self._hits:
            self._hits[rank] += int((others < rank).sum())
        self._right.index_add_(0, labels, (others < 1).long())
        self._all.index_add_(0, labels, torch.ones_like(labels))
        pairs, counts = torch.unique(labels * self.classes + scores.argmax(1), return_counts=True)
        self._pairs.update(dict(zip(pairs.tolist(), counts.tolist(), strict=True)))

    @property
    def places(self) -> int:
        """How many places were counted."""
        return int(self._all.sum())

    @property
    def accuracy(self) -> dict[int, float]:
        """The share (0 … 1) of places where the right class is among the best 1, and 5 if there are so many."""
        return {rank: hits / max(self.places, 1) for rank, hits in self._hits.items()}

    @property
    def by_class(self) -> list[tuple[int, int]]:
        """How many places of each class are right, and how many there are."""
        return list(zip(self._right.tolist(), self._all.tolist(), strict=True))

    @property
    def confusions(self) -> list[Confusion]:
        """What the net says of what, where it says it at all; right answers included, by label and answer."""
        return [Confusion(*divmod(pair, self.classes), count) for pair, count in sorted(self._pairs.items())]
