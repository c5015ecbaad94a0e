"""A pass whose compiled kernels are called as was taken down, in planned memory, without a look at its layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from netdef.graph.plan import Piece
from netdef.kernels.replay import ARENA, COMMON, FIRST_FREE, CallList, bases_of
from netdef.module.tape import Given, Laid
from netdef.module.unchanged import Unchanged
from netdef.module.values import Values


class View(NamedTuple):
    """A blob on the memory of a base, from its ``start``th number on."""

    base: int
    start: int
    laid: Laid


@dataclass(frozen=True)
class Stretch:
    """Steps whose kernels run as lists.

    By base: the blobs that others have ``given``, and how many numbers the memory has that is made for what others
    read. ``shown`` are the blobs for these.
    """

    lists: Sequence[CallList]
    given: Mapping[int, Given]
    made: Mapping[int, int]
    shown: Mapping[Piece, View]


@dataclass(frozen=True)
class Recorded:
    """Stretches, and the numbers of steps between them that run by themselves, with what is forgotten after each.

    ``arena`` and ``common`` are how many numbers lie between kernels of one part and of several; ``bases`` counts the
    other bases. ``weights`` tells whether the chains' are still those; ``held`` is what the calls point to.
    """

    items: Sequence[tuple[Stretch | int, Sequence[Piece]]]
    arena: int
    common: int
    bases: int
    weights: Unchanged
    held: Sequence[object]


class Recordings(dict[object, Recorded | None]):
    """What was recorded, by kinds of inputs; None stands for one that has come once. Copies of it are empty."""

    def __deepcopy__(self, memo: object) -> Recordings:
        return Recordings()

    def __reduce__(self) -> tuple[type[Recordings], tuple[()]]:
        return Recordings, ()


class Replay:
    """One pass by what was recorded."""

    def __init__(self, recorded: Recorded, inputs: Mapping[str, Tensor], values: Values) -> None:
        self._inputs, self._values = inputs, values
        self._memory: dict[int, Tensor] = {}
        self._bases = bases_of([0] * (FIRST_FREE + recorded.bases))
        self._put(ARENA, _blank(recorded.arena))
        self._put(COMMON, _blank(recorded.common))

    def run(self, stretch: Stretch) -> bool:
        """Run a stretch; False if it does not fit, since what others have given lies otherwise than it did."""
        for base, given in stretch.given.items():
            tensor = self._inputs[given.blob] if isinstance(given.blob, str) else self._values.tensor(given.blob)
            if Laid.of(tensor) != given.laid:
                return False
            self._put(base, tensor)
        for base, numbers in stretch.made.items():
            self._put(base, _blank(numbers))
        for calls in stretch.lists:
            calls.run(self._bases)
        for piece, view in stretch.shown.items():
            memory = self._memory[view.base]
            self._values[piece] = memory.as_strided(*view.laid, memory.storage_offset() + view.start)
        return True

    def _put(self, base: int, tensor: Tensor) -> None:
        self._memory[base] = tensor
        self._bases[base] = tensor.data_ptr()


def _blank(numbers: int) -> Tensor:
    return torch.empty(numbers, dtype=torch.float32, device="cpu")
