"""Classes that Python layers of tests name, as users write them."""

from __future__ import annotations

from typing import Any

import numpy as np

from netdef.blob import Blob

Blobs = list[Blob]


class Plain:
    """What a class must have at least; it needs no base of netdef's."""

    param_str: str
    phase: int

    def __init__(self, message: object) -> None:
        self.blobs: Blobs = []
        self.calls: list[str] = []

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.calls.append("setup")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.calls.append("reshape")
        top[0].reshape(*bottom[0].shape)


class WeightedProduct(Plain):
    """t = w · b0 · b1, with one learned w for each column, which begins at 1, 2, 3 …"""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        weights = Blob(bottom[0].shape[1])
        weights.data[...] = np.arange(1, 1 + weights.count)
        self.blobs.append(weights)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.calls.append("forward")
        top[0].data[...] = self.blobs[0].data * bottom[0].data * bottom[1].data

    def backward(self, top: Blobs, propagate_down: list[bool], bottom: Blobs) -> None:
        self.calls.append(f"backward {propagate_down}")
        product = bottom[0].data * bottom[1].data
        self.blobs[0].diff[...] += (top[0].diff * product).sum(0)
        for index in range(2):
            if propagate_down[index]:
                bottom[index].diff[...] = self.blobs[0].data * bottom[1 - index].data * top[0].diff


class Counter(Plain):
    """A source: t counts the passes."""

    passes = 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.passes += 1
        top[0].data[...] = self.passes


class Echo(Plain):
    """t holds the phase, and how long param_str is."""

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(2)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = (self.phase, len(self.param_str))


class Broken(Plain):
    """Fails in one of its methods, which param_str names."""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._fail("setup")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self._fail("reshape")

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._fail("forward")

    def backward(self, top: Blobs, propagate_down: Any, bottom: Blobs) -> None:
        self._fail("backward")

    def _fail(self, method: str) -> None:
        if self.param_str == method:
            raise KeyError(f"no luck in {method}")
