"""Memory for a pass that is done again: what lies between its operators shares one block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from netdef.module.arrangement import Span, arranged
from netdef.repetition.taken import Taken, storage_of


class Memory:
    """Gives each tensor of a pass its place.

    Memory that the pass has asked for, and of which nothing is ``shown`` afterwards, is a part of one block, for as
    long as it is needed; all other tensors stay where they are.
    """

    def __init__(self, entries: Sequence[Taken], shown: Iterable[Tensor]) -> None:
        spans = asked_for(entries)
        for tensor in shown:
            spans.pop(storage_of(tensor), None)
        starts, size = arranged(list(spans.values()))
        self._starts = dict(zip(spans, starts, strict=True))
        self._block = torch.empty(size, dtype=torch.uint8, device="cpu").untyped_storage()
        self._placed: dict[
            int, tuple[Tensor, Tensor]
        ] = {}  # by identity: the first ones are held, so that it is theirs

    def placed(self, tensor: Tensor) -> Tensor:
        """Return what stands for a tensor."""
        if id(tensor) not in self._placed:
            self._placed[id(tensor)] = tensor, self._made(tensor)
        return self._placed[id(tensor)][1]

    @property
    def tensors(self) -> list[Tensor]:
        """All that stand for others."""
        return [placed for _, placed in self._placed.values()]

    def _made(self, tensor: Tensor) -> Tensor:
        start = self._starts.get(storage_of(tensor))
        if start is None:
            return tensor.detach()
        first = start // tensor.element_size() + tensor.storage_offset()
        blank = torch.empty(0, dtype=tensor.dtype, device="cpu")
        return blank.set_(self._block, first, tensor.shape, tensor.stride())


def asked_for(entries: Sequence[Taken]) -> dict[int, Span]:
    """Return the memory that entries have asked for, from the first to the last that uses it."""
    spans: dict[int, Span] = {}
    others: set[int] = set()
    for number, entry in enumerate(entries):
        new = set(map(storage_of, entry.new))
        for tensor in entry.tensors:
            own = storage_of(tensor)
            if own in spans:
                spans[own] = spans[own]._replace(last=number)
            elif own in new and own not in others:
                spans[own] = Span(tensor.untyped_storage().nbytes(), number, number)
            else:
                others.add(own)
    return spans
