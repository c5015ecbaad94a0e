"""Memory of batches that comes back when they are gone: the system need not find and clear new pages for each."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Block = bytearray | memoryview
"""No array of NumPy: views of an array that is made of another hold the other alone."""


class RecycledMemory:
    """Gives arrays whose blocks of memory are given anew once no array or view of them is left.

    Only blocks of the size asked for last are kept: batches of one layer have one size, but for the last of an epoch.
    ``make`` makes a block of so many bytes.
    """

    def __init__(self, make: Callable[[int], Block] = bytearray) -> None:
        self._make = make
        self._free: deque[Block] = deque()

    def array(self, shape: Sequence[int], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array with anything in it; it has the memory for itself."""
        block = self._block(prod(shape) * np.dtype(dtype).itemsize)
        whole = np.frombuffer(block, dtype)  # views of an array hold the one that is made of the bytes
        weakref.finalize(whole, self._free.append, block).atexit = False
        return whole.reshape(shape)

    def _block(self, size: int) -> Block:
        while self._free:
            block = self._free.popleft()
            if len(block) == size:
                return block
        return self._make(size)


def aligned(size: int) -> Block:
    """Return a block that begins at a line of the caches, as tensors do, and holds anything."""
    return _of_torch(size, pin_memory=False)


def pinned(size: int) -> Block:
    """Return a block that stays where it is in the machine's memory, so that a GPU can read it by itself."""
    return _of_torch(size, pin_memory=True)


def _of_torch(size: int, *, pin_memory: bool) -> Block:
    import torch

    return memoryview(torch.empty(size, dtype=torch.uint8, pin_memory=pin_memory).numpy().data)
