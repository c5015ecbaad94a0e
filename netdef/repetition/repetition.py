"""What a pass did, done again with other numbers in the tensors that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from netdef.repetition.memory import Memory, asked_for
from netdef.repetition.operator_tape import OperatorTape
from netdef.repetition.taken import Taken, storage_of


class Repetition:
    """A list of calls: operators, kernels, looks.

    What is ``shown`` keeps its memory, and is written anew each time.
    """

    def __init__(self, entries: Sequence[Taken], shown: Iterable[Tensor]) -> None:
        memory = Memory(entries, shown)
        bound = (entry.bound(memory.placed) for entry in entries)
        self._calls = [call for call in bound if call is not None]
        self._held = memory.tensors  # kernels have their addresses alone

    def run(self) -> None:
        """Do all of it.

        Raises: what a look raises.
        """
        with torch.no_grad():
            for call in self._calls:
                call()


def repetition_of(tape: OperatorTape, shown: Iterable[Tensor], known: Iterable[Tensor]) -> Repetition | None:
    """Return what does again what is on a tape; None if that cannot be done.

    Of all memory that it has not asked for itself, a pass may write to what is ``known`` alone.
    """
    own = {*asked_for(tape.entries), *map(storage_of, known)}
    strange = any(storage_of(tensor) not in own for entry in tape.entries for tensor in entry.written)
    return None if tape.obstacle or strange else Repetition(tape.entries, shown)
