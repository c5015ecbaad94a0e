"""Room for a blob in the one that it is joined into."""

from __future__ import annotations

import torch
from torch import Tensor

from netdef.graph.adjoining import Place
from netdef.graph.plan import Compute
from netdef.module.layout import IMAGE_AXES
from netdef.module.values import Values


class Room:
    """Where one blob is written: what is joined there is made by the first who asks, and lies among the values."""

    def __init__(self, values: Values, place: Place) -> None:
        self._values, self._place = values, place
        self.channels = place.channels

    def of(self, size: tuple[int, ...], like: Tensor) -> Tensor:
        """Return room for N×C×(spatial), a view of what is joined, whose channels lie together if these are images."""
        joined = self._values.found(self._place.joined)
        if joined is None:
            whole = (size[0], self.channels, *size[2:])
            layout = torch.channels_last if len(size) == IMAGE_AXES else torch.contiguous_format
            joined = torch.empty(whole, dtype=like.dtype, device=like.device, memory_format=layout)
            self._values[self._place.joined] = joined
        return joined.narrow(1, self._place.start, size[1])


class Adjoined:
    """Stands where a Concat was of which all has been written in its place."""

    def __init__(self, concat: Compute) -> None:
        self._joined = concat.tops[0]

    def run(self, values: Values) -> Tensor:
        """Return what is joined."""
        return values.tensor(self._joined)
