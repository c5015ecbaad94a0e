"""RMSProp."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.base import Rule, Updates, refuse_momentum, require_fraction

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class RMSProp(Rule):
    """RMSProp: steps divided by the root of a running mean of squared gradients.

    h ← rms_decay · h + (1 − rms_decay) · g²; update = rate · g / (√h + delta).

    Source: rmsprop_solver.cpp; Tieleman and Hinton 2012.
    """

    rms_decay: float
    delta: float

    @classmethod
    def from_solver(cls, solver: schema.SolverParameter) -> Self:
        """Take rms_decay and delta from a solver's message.

        Raises: OptionError for a momentum, or an rms_decay outside [0, 1).
        """
        refuse_momentum(solver)
        return cls(rms_decay=require_fraction(solver, "rms_decay"), delta=solver.delta)

    def updates(self, gradients: list[Tensor], histories: list[list[Tensor]], rate: float, iteration: int) -> Updates:
        """Return the updates in the gradients' tensors."""
        import torch

        (mean_squares,) = histories
        torch._foreach_mul_(mean_squares, self.rms_decay)
        torch._foreach_addcmul_(mean_squares, gradients, gradients, value=1 - self.rms_decay)
        roots = torch._foreach_sqrt(mean_squares)
        torch._foreach_add_(roots, self.delta)
        torch._foreach_div_(gradients, roots)
        return Updates(gradients, rate)

    def has_kernel(self, like: Tensor) -> bool:
        """Tell whether torch has a kernel for this type of device."""
        return like.device.type == "cpu"

    def step_by_kernel(
        self,
        parameters: list[Tensor],
        gradients: list[Tensor],
        histories: list[list[Tensor]],
        *,
        rate: float,
        decay: float,
        iteration: int,
    ) -> None:
        """Update by torch's Adam kernel: its running mean, with a decay of 0, is the gradient, in whose place it goes.

        At step infinity its correction of the means is 1.
        """
        import torch

        (mean_squares,) = histories
        torch._fused_adam_(
            parameters,
            gradients,
            gradients,
            mean_squares,
            [],
            [torch.full((), math.inf)] * len(parameters),
            lr=rate,
            beta1=0.0,
            beta2=self.rms_decay,
            weight_decay=decay,
            eps=self.delta,
            amsgrad=False,
            maximize=False,
        )
