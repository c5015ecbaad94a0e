"""How many images go at once through kernels behind each other: so few that what lies between stays cached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from torch import Tensor

from netdef.module.tape import Called

CACHE = 16 << 20  # bytes: half of the third cache of the processors that this was measured on


@dataclass(frozen=True)
class Part:
    """Calls that are done for some ``images`` ``at_once``, and then for the next ones."""

    calls: Sequence[Called]
    images: int
    at_once: int

    @property
    def first(self) -> int:
        """The number of the first call."""
        return self.calls[0].number

    @property
    def last(self) -> int:
        """The number of the last call."""
        return self.calls[-1].number


def parts_of(calls: Sequence[Called]) -> list[Part]:
    """Cut calls into parts that are done for the same numbers of images.

    Those whose weights would have to be fetched anew for every few images are done for all.
    """
    groups = groupby(calls, lambda call: (call.images, _weights(call) > CACHE))
    return [_part(list(group), images, whole=whole) for (images, whole), group in groups]


def _part(calls: Sequence[Called], images: int, *, whole: bool) -> Part:
    most = max(map(_numbers, calls))
    rounds = 1 if whole else -(-images * most // CACHE)
    return Part(calls, images, -(-images // max(1, min(images, rounds))))


def _weights(call: Called) -> int:
    """Return how many bytes stay the same from image to image."""
    sources = (place.source for place in call.places if place is not None)
    return sum(source.nbytes for source in sources if isinstance(source, Tensor))


def _numbers(call: Called) -> int:
    """Return how many bytes are read and written for each image."""
    return sum(place.image for place in call.places if place is not None)
