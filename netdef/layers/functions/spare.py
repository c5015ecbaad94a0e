"""Memory for the gradients of the largest matrices, lent again as soon as nobody has it.

torch asks for memory that is aligned, for which the C library finds no place in a hole of just that size: each gradient
of hundreds of megabytes would be new memory, and holes where the last ones were.
"""

from __future__ import annotations

from threading import Lock
from weakref import finalize, ref

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

LARGE = 1 << 26  # numbers


class _Spare:
    """Memory that one tensor at a time has."""

    def __init__(self, like: Tensor) -> None:
        self._numbers: NDArray[np.float32] = torch.empty(like.shape).numpy()
        self._lent: ref[NDArray[np.float32]] | None = None

    def lend(self) -> Tensor | None:
        """Return a tensor there; None while any has the memory of the last one."""
        if self._lent is not None and self._lent() is not None:
            return None
        view = self._numbers[...]
        self._lent = ref(view)
        return torch.from_numpy(view)


_spares: dict[int, _Spare] = {}
_lock = Lock()


def room_like(weight: Tensor) -> Tensor:
    """Return memory for the gradient of a float32 matrix on the CPU; a large one's is kept for its next gradient."""
    found = _of_large(weight).lend() if weight.numel() >= LARGE else None
    return torch.empty(weight.shape) if found is None else found


def _of_large(weight: Tensor) -> _Spare:
    with _lock:
        key = id(weight)
        if key not in _spares:
            _spares[key] = _Spare(weight)
            finalize(weight, _spares.pop, key)
        return _spares[key]
