"""The tensors of one forward pass, by where they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from netdef.graph.plan import Copy, Piece, Take
from netdef.layers.channels import CHANNELS
from netdef.module.pieces import narrowed
from netdef.module.transfer import Arrival, Transfers


class Values:
    """Pieces that were computed or copied, from their making to their last use.

    What is neither made nor copied here comes from ``elsewhere``: the parameters do.
    """

    def __init__(self, elsewhere: Callable[[Piece], Tensor], transfers: Transfers) -> None:
        self._elsewhere = elsewhere
        self.transfers = transfers
        self._made: dict[Piece, Tensor] = {}
        self._arriving: dict[Piece, Arrival] = {}

    def __setitem__(self, piece: Piece, tensor: Tensor) -> None:
        self._made[piece] = tensor

    def found(self, piece: Piece) -> Tensor | None:
        """Return a piece if it was made here."""
        return self._made.get(piece)

    def apart(self, pieces: Iterable[Piece]) -> Values:
        """Return values that begin with some of these, and hold none of what is made here later."""
        known = {piece: self.tensor(piece) for piece in pieces}
        elsewhere = self._elsewhere
        return Values(lambda piece: known[piece] if piece in known else elsewhere(piece), self.transfers)

    def copy(self, step: Copy, device: torch.device) -> None:
        """Begin a copy."""
        self._arriving[step.made] = self.transfers.begin(self._one(step.taken), device)

    def read(self, takes: Sequence[Take]) -> Tensor:
        """Return what several takes hold, one behind the other."""
        if len(takes) == 1:
            (take,) = takes
            made = self._made.get(take.piece) if take.whole else None
            return self._one(take) if made is None else made
        own = takes[0].range
        return torch.cat([self._one(take) for take in takes], own.axis if own else 0)

    def _one(self, take: Take) -> Tensor:
        piece = take.piece
        tensor = self.tensor(piece)
        return tensor if take.whole else narrowed(tensor, take.range, piece.range.start if piece.range else 0)

    def tensor(self, piece: Piece) -> Tensor:
        """Return all of a piece."""
        made = self._made.get(piece)
        if made is not None:
            return made
        arriving = self._arriving.get(piece)
        return self._elsewhere(piece) if arriving is None else arriving.wait()

    def gathered(self, pieces: Sequence[Piece]) -> Tensor:
        """Return pieces that lie on several devices, one behind the other, on the first of them."""
        first, *others = map(self.tensor, pieces)
        return torch.cat([first, *(tensor.to(first.device) for tensor in others)], CHANNELS) if others else first

    def drop(self, pieces: Iterable[Piece]) -> None:
        """Forget what nothing reads any more."""
        for piece in pieces:
            self._made.pop(piece, None)
            self._arriving.pop(piece, None)
