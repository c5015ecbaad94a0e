"""Memory that a thread lends again and again, for what only lasts until the next call."""

from __future__ import annotations

from threading import local

import torch
from torch import Tensor

from netdef.layers.functions.calls import are_noted


class _Own(local):
    numbers = torch.empty(0)


_own = _Own()


def lent(count: int) -> Tensor:
    """Return so many float32 numbers on the CPU, that nobody else has until this thread asks again.

    Where calls are taken down, to be done again later, nobody else ever has them.
    """
    if are_noted():
        return torch.empty(count, dtype=torch.float32, device="cpu")
    if count > _own.numbers.numel():
        _own.numbers = torch.empty(0)  # let go first
        _own.numbers = torch.empty(count, dtype=torch.float32, device="cpu")
    return _own.numbers[:count]
