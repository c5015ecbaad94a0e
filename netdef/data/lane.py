"""Where batches are brought to a device: beside what it computes, where it is a GPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch

Tensors = dict[str, "torch.Tensor"]


class Carried(Protocol):
    """Tensors on their way."""

    def arrive(self) -> Tensors:
        """Return them, behind whose arrival the device's current work goes on."""

    def finished(self) -> bool:
        """Tell whether nothing reads the host's memory any more."""


class Lane(Protocol):
    """Begins to bring tensors somewhere."""

    def carry(self, work: Callable[[], Tensors]) -> Carried:
        """Begin what ``work`` does, which makes tensors on the device."""


def lane_to(device: torch.device) -> Lane:
    """Return the lane to a device."""
    return SideLane(device) if device.type == "cuda" else SameLane()


class SameLane:
    """Does all of it at once: the lane to a CPU."""

    def carry(self, work: Callable[[], Tensors]) -> Carried:
        """Do it."""
        return _There(work())


class _There:
    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors

    def arrive(self) -> Tensors:
        return self._tensors

    def finished(self) -> bool:
        return True


class SideLane:
    """A stream of a GPU that copies and converts while another one computes."""

    def __init__(self, device: torch.device) -> None:
        import torch

        self._device = device
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def carry(self, work: Callable[[], Tensors]) -> Carried:
        """Begin it."""
        import torch

        with torch.cuda.stream(self._stream):
            tensors = work()
            return _OnTheWay(tensors, self._stream.record_event(), self._device)


class _OnTheWay:
    def __init__(self, tensors: Tensors, there: torch.cuda.Event, device: torch.device) -> None:
        self._tensors = tensors
        self._there = there
        self._device = device

    def arrive(self) -> Tensors:
        import torch

        current = torch.cuda.current_stream(self._device)
        current.wait_event(self._there)
        for tensor in self._tensors.values():
            tensor.record_stream(current)  # their memory belongs to the side stream, which must not give it anew yet
        return self._tensors

    def finished(self) -> bool:
        return bool(self._there.query())  # type: ignore[no-untyped-call]
