"""The surest mistakes of a net over a whole set."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from netdef.inspect.predictions import Predictions

MOST = 10


class Mistake(NamedTuple):
    """A record that the net takes for another class, how sure of it (0 … 1), and its image C×H×W, if it is one."""

    record: int
    label: int
    said: int
    confidence: float
    image: NDArray[np.float32] | None


class Mistakes:
    """Keeps the ten surest mistakes, the surest first, of the batches that it is shown."""

    def __init__(self) -> None:
        self.surest: list[Mistake] = []

    def add(self, records: NDArray[np.int64], chances: Tensor, labels: Tensor, images: Tensor) -> None:
        """Look at records with their N×C probabilities, N labels and blobs, all on the CPU."""
        confidence, said = chances.max(1)
        wrong = torch.where(said != labels, confidence, -1.0)
        for row in wrong.topk(min(MOST, len(labels))).indices.tolist():
            if wrong[row] >= 0:
                image = images[row].float().numpy() if is_picture(images) else None
                numbers = int(records[row]), int(labels[row]), int(said[row]), float(confidence[row])
                self.surest.append(Mistake(*numbers, image))
        self.surest = sorted(self.surest, key=lambda mistake: -mistake.confidence)[:MOST]

    def predictions(self) -> Predictions | None:
        """Return them as predictions, to be drawn; None if there are none or the records are no pictures."""
        images = [mistake.image for mistake in self.surest if mistake.image is not None]
        if not images:
            return None
        columns = zip(*(mistake[1:4] for mistake in self.surest), strict=True)
        labels, said, confidence = (np.array(column) for column in columns)
        return Predictions(np.stack(images), labels, said, confidence.astype(np.float32))


def is_picture(blob: Tensor) -> bool:
    """Tell whether a blob holds pictures: N×1×H×W or N×3×H×W."""
    return blob.dim() == 4 and blob.shape[1] in (1, 3)
