"""How many images go at once through kernels behind each other: so few that what lies between stays cached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

import torch
from torch import Tensor

from netdef.module.tape import Called

CACHE = 16 << 20  # bytes: half of the third cache of the processors that this was measured on
IDLE = 1.15  # how much longer threads may take that share images unevenly


@dataclass(frozen=True)
class Part:
    """Calls that are done for some ``images`` ``at_once``, and then for the next ones.

    Several ``threads`` take images by themselves; else they share the work of each call.
    """

    calls: Sequence[Called]
    images: int
    at_once: int
    threads: int

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

    These grow where all that follows is smaller. Calls whose weights would have to be fetched anew for every few images
    are done for all.
    """
    largest = [*accumulate(map(_numbers, reversed(calls)), max)][::-1]
    sizes = [
        None if _weights(call) > CACHE else min(call.images, _fitting(size))
        for call, size in zip(calls, largest, strict=True)
    ]
    groups = groupby(zip(calls, sizes, strict=True), lambda sized: (sized[0].images, sized[1]))
    return [_part([call for call, _ in group], *key) for key, group in groups]


def _fitting(size: int) -> int:
    """Return how many blobs of this size the cache holds: a power of two, so that there are few parts."""
    return 1 << max(1, CACHE // max(1, size)).bit_length() - 1


def _part(calls: Sequence[Called], images: int, fitting: int | None) -> Part:
    threads = torch.get_num_threads()
    each = _even(images, max(1, (fitting or images) // threads))
    rounds = -(-images // each)
    if fitting is not None and -(-rounds // threads) * threads <= IDLE * rounds:
        return Part(calls, images, each, threads)
    return Part(calls, images, _even(images, fitting or images), 1)


def _even(images: int, most: int) -> int:
    """Return how many images go at once, at most so many, if rounds are as even as can be."""
    return -(-images // -(-images // most))


def _weights(call: Called) -> int:
    """Return how many bytes stay the same from image to image."""
    sources = (place.source for place in call.places if place is not None)
    return sum(source.nbytes for source in sources if isinstance(source, Tensor))


def _numbers(call: Called) -> int:
    """Return how many bytes are read and written for each image."""
    return sum(place.image for place in call.places if place is not None)
