"""Copies from device to device, beside the computation where both are GPUs."""

from __future__ import annotations

import torch
from torch import Tensor


class Transfers:
    """The copies of one forward pass: each is begun when its source is there, and waited for when it is read.

    Between GPUs they run in streams of their own. Autograd takes gradients back through the same streams.
    """

    def __init__(self) -> None:
        self._streams: dict[torch.device, torch.cuda.Stream] = {}

    def begin(self, tensor: Tensor, device: torch.device) -> Arrival:
        """Begin to copy a tensor to another device; differentiable."""
        if tensor.device.type == "cuda" and device.type == "cuda":
            return self._between_gpus(tensor, device)
        return Arrival(tensor.to(device))

    def _between_gpus(self, tensor: Tensor, device: torch.device) -> Arrival:
        source, target = self._stream(tensor.device), self._stream(device)
        source.wait_stream(torch.cuda.current_stream(tensor.device))
        # A copy waits for, and holds up, the current streams of both devices: both have to be its own.
        with torch.cuda.stream(source), torch.cuda.stream(target):
            copied = tensor.to(device, non_blocking=True)
            there = target.record_event()
        tensor.record_stream(source)
        return Arrival(copied, there)

    def _stream(self, device: torch.device) -> torch.cuda.Stream:
        if device not in self._streams:
            self._streams[device] = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        return self._streams[device]


class Arrival:
    """A tensor on its way."""

    def __init__(self, tensor: Tensor, there: torch.cuda.Event | None = None) -> None:
        self._tensor = tensor
        self._there = there

    def wait(self) -> Tensor:
        """Return the tensor, behind whose arrival the device's current stream goes on."""
        if self._there is not None:
            stream = torch.cuda.current_stream(self._tensor.device)
            stream.wait_event(self._there)
            self._tensor.record_stream(stream)
            self._there = None
        return self._tensor
