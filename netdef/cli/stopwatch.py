"""Milliseconds that a device takes for its work, not only those until it has been told to begin."""

from __future__ import annotations

from time import perf_counter

import torch


class Stopwatch:
    """Each ``lap`` waits for the device, and returns the time since the lap before."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._started = perf_counter()

    def lap(self) -> float:
        """Return milliseconds."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        before, self._started = self._started, perf_counter()
        return 1000 * (self._started - before)
