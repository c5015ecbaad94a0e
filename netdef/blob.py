"""Blobs: arrays with a shape, values and gradients, in memory that NumPy and torch share.

Importing this module loads neither; the first array does.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from netdef.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

HOST = "cpu"
LEGACY_AXES = 4


class Memory:
    """Some float32 numbers, which follow whoever asks for them from device to device.

    ``on`` gives them where they are asked for, to read and to write: until someone asks for them elsewhere, that copy
    is the only true one.

    Source: syncedmem.cpp.
    """

    def __init__(self, flat: Tensor) -> None:
        self._copies = {flat.device: flat}
        self._newest = flat.device

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self._copies[self._newest].numel()

    def on(self, device: torch.device | str) -> Tensor:
        """Return the numbers on a device, as they are now."""
        import torch

        place = torch.device(device)
        if place != self._newest:
            newest = self._copies[self._newest]
            if place not in self._copies:
                self._copies[place] = torch.empty_like(newest, device=place)
            self._copies[place].copy_(newest)
            self._newest = place
        return self._copies[place]


def zeros(count: int) -> Memory:
    """Return memory for ``count`` numbers on the host."""
    import torch

    return Memory(torch.zeros(count))


class Blob:
    """An array of float32 with values (``data``) and gradients (``diff``).

    Both are NumPy views of the blob's own memory: what is written into them the net reads. They stay valid until the
    blob grows. Memory is taken when it is first looked at.
    """

    def __init__(self, *shape: int) -> None:
        self._shape = _lengths(shape)
        self._values: Memory | None = None
        self._gradients: Memory | None = None

    @classmethod
    def of(cls, shape: tuple[int, ...], values: Memory, gradients: Memory) -> Blob:
        """Return a blob over memory that is there already."""
        blob = cls(*shape)
        blob._values, blob._gradients = values, gradients
        return blob

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self._shape

    @property
    def count(self) -> int:
        """How many numbers the blob holds."""
        return math.prod(self._shape)

    @property
    def data(self) -> NDArray[np.float32]:
        """The values."""
        return self.values(HOST).numpy()

    @property
    def diff(self) -> NDArray[np.float32]:
        """The gradients; in a parameter, after a solver's step, what was subtracted from it."""
        return self.gradients(HOST).numpy()

    def values(self, device: torch.device | str) -> Tensor:
        """Return the values as a tensor on a device, to read and to write; autograd knows nothing of it."""
        return self._shaped(self._value_memory().on(device))

    def gradients(self, device: torch.device | str) -> Tensor:
        """Return the gradients likewise."""
        return self._shaped(self._gradient_memory().on(device))

    def _value_memory(self) -> Memory:
        if self._values is None or self._values.size < self.count:
            self._values = zeros(self.count)
        return self._values

    def _gradient_memory(self) -> Memory:
        if self._gradients is None or self._gradients.size < self.count:
            self._gradients = zeros(self.count)
        return self._gradients

    def _shaped(self, flat: Tensor) -> Tensor:
        return flat[: self.count].view(self._shape)

    def reshape(self, *shape: int) -> None:
        """Take another shape; a blob that grows loses its values and gradients, any other keeps its memory."""
        self._shape = _lengths(shape)

    def share_values(self, other: Blob) -> None:
        """Have the values of another blob of no fewer from now on, in its memory."""
        self._values = other._value_memory()

    def share_gradients(self, other: Blob) -> None:
        """Have the gradients of another blob likewise."""
        self._gradients = other._gradient_memory()

    @property
    def _gpu_data_ptr(self) -> int:
        """Where the values lie on the GPU, for libraries that take addresses."""
        return self.values(_gpu()).data_ptr()

    @property
    def _gpu_diff_ptr(self) -> int:
        return self.gradients(_gpu()).data_ptr()

    @property
    def num(self) -> int:
        """The first of four axes, as old code has them."""
        return self._legacy(0)

    @property
    def channels(self) -> int:
        """The second of four axes."""
        return self._legacy(1)

    @property
    def height(self) -> int:
        """The third of four axes."""
        return self._legacy(2)

    @property
    def width(self) -> int:
        """The last of four axes."""
        return self._legacy(3)

    def _legacy(self, axis: int) -> int:
        """Return the length of an axis; missing ones have length 1.

        Raises: UsageError for a blob of more than four axes, of which old code knows nothing.
        """
        if len(self._shape) > LEGACY_AXES:
            raise UsageError(f"num, channels, height and width are of blobs of up to 4 axes; this one is {self._shape}")
        return self._shape[axis] if axis < len(self._shape) else 1


def _gpu() -> torch.device:
    import torch

    return torch.device("cuda", torch.cuda.current_device())


def _lengths(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return lengths as plain integers, whatever NumPy made of them.

    Raises: UsageError for a negative one.
    """
    lengths = tuple(int(length) for length in shape)
    if min(lengths, default=0) < 0:
        raise UsageError(f"a blob cannot have the shape {lengths}: a length is negative")
    return lengths
