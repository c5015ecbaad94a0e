"""A stopwatch."""

from __future__ import annotations

from time import perf_counter

MILLISECONDS = 1000


class Timer:
    """Measures the time between ``start`` and ``stop``; GPUs are waited for."""

    def __init__(self) -> None:
        self._begun = self._ended = perf_counter()

    def start(self) -> None:
        """Begin."""
        self._begun = self._ended = _now()

    def stop(self) -> None:
        """End."""
        self._ended = _now()

    @property
    def ms(self) -> float:
        """The time between, in milliseconds."""
        return (self._ended - self._begun) * MILLISECONDS


def _now() -> float:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return perf_counter()
