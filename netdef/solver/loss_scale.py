"""The factor of losses in FP16, which lifts gradients over the least numbers that float16 has."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import torch
from torch import Tensor

from netdef.schema import weights_pb2
from netdef.solver.workers import Workers

FIRST: Final = 65536.0
GROWTH: Final = 2.0
BACKOFF: Final = 0.5
INTERVAL: Final = 2000


class LossScale:
    """A factor that halves when gradients overflow, and doubles after 2000 updates in a row in which none did.

    The update of an iteration whose gradients overflow is to be left out; ``skipped`` counts those of the whole run.

    Source: torch.amp.GradScaler, whose defaults these are.
    """

    def __init__(self) -> None:
        self.scale = FIRST
        self.clean = 0
        self.skipped = 0

    def scaled(self, loss: Tensor) -> Tensor:
        """Return what the backward pass begins from."""
        return loss * self.scale

    @torch.no_grad()
    def bring_down(self, gradients: Iterable[Tensor | None], workers: Workers) -> bool:
        """Divide all gradients by the factor, and tell whether they are finite in all workers."""
        by_device: defaultdict[torch.device, list[Tensor]] = defaultdict(list)
        for gradient in gradients:
            if gradient is not None:
                by_device[gradient.device].append(gradient)
        overflows = [self._bring_down(own, device) for device, own in by_device.items()]
        (found,) = workers.totals(sum(float(overflow) for overflow in overflows))
        return found == 0

    def _bring_down(self, gradients: list[Tensor], device: torch.device) -> Tensor:
        overflow, inverse = torch.zeros((), device=device), torch.full((), 1 / self.scale, device=device)
        torch._amp_foreach_non_finite_check_and_unscale_(gradients, overflow, inverse)
        return overflow

    def follow(self, *, finite: bool) -> None:
        """Change the factor after an iteration whose gradients were finite, or not."""
        self.clean = self.clean + 1 if finite else 0
        if not finite:
            self.skipped += 1
            self.scale *= BACKOFF
        elif self.clean == INTERVAL:
            self.clean = 0
            self.scale = self.scale * GROWTH if math.isfinite(self.scale * GROWTH) else self.scale

    @property
    def memory(self) -> weights_pb2.LossScaleState:
        """What a snapshot keeps."""
        return weights_pb2.LossScaleState(scale=self.scale, clean=self.clean, skipped=self.skipped)

    def resume(self, memory: weights_pb2.LossScaleState | None) -> None:
        """Go on from what a snapshot has kept; from the beginning where it has kept nothing."""
        if memory is not None:
            self.scale, self.clean, self.skipped = memory.scale, memory.clean, memory.skipped
