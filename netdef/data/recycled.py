"""Memory of batches that comes back when they are gone: the system need not find and clear new pages for each."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class RecycledMemory:
    """Gives arrays whose blocks of memory are given anew once no array or view of them is left.

    Only blocks of the size asked for last are kept: batches of one layer have one size, but for the last of an epoch.
    """

    def __init__(self) -> None:
        self._free: deque[bytearray] = deque()

    def array(self, shape: Sequence[int], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array with anything in it; it has the memory for itself."""
        block = self._block(prod(shape) * np.dtype(dtype).itemsize)
        whole = np.frombuffer(block, dtype)  # views of an array hold the one that is made of the bytes
        weakref.finalize(whole, self._free.append, block).atexit = False
        return whole.reshape(shape)

    def _block(self, size: int) -> bytearray:
        while self._free:
            block = self._free.popleft()
            if len(block) == size:
                return block
        return bytearray(size)
