"""Adam."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.base import Rule, Updates, require_fraction

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Adam(Rule):
    """Adam: a running mean of gradients over the root of a running mean of their squares.

    m ← momentum · m + (1 − momentum) · g; v ← momentum2 · v + (1 − momentum2) · g²;
    update = rate · √(1 − momentum2^t) / (1 − momentum^t) · m / (√v + delta), t = iteration + 1.
    delta is not corrected for the start of v (torch.optim.Adam's eps is).

    Source: adam_solver.cpp; Kingma and Ba 2015, end of section 2.
    """

    history_kinds: ClassVar[int] = 2

    momentum: float
    momentum2: float
    delta: float

    @classmethod
    def from_solver(cls, solver: schema.SolverParameter) -> Self:
        """Take momentum, momentum2 and delta from a solver's message.

        Raises: OptionError for a momentum or momentum2 outside [0, 1).
        """
        return cls(
            momentum=require_fraction(solver, "momentum"),
            momentum2=require_fraction(solver, "momentum2"),
            delta=solver.delta,
        )

    def updates(self, gradients: list[Tensor], histories: list[list[Tensor]], rate: float, iteration: int) -> Updates:
        """Return the updates in the gradients' tensors."""
        import torch

        means, mean_squares = histories
        torch._foreach_mul_(means, self.momentum)
        torch._foreach_add_(means, gradients, alpha=1 - self.momentum)
        torch._foreach_mul_(mean_squares, self.momentum2)
        torch._foreach_addcmul_(mean_squares, gradients, gradients, value=1 - self.momentum2)
        torch._foreach_copy_(gradients, mean_squares)
        torch._foreach_sqrt_(gradients)
        torch._foreach_add_(gradients, self.delta)
        torch._foreach_reciprocal_(gradients)
        torch._foreach_mul_(gradients, means)
        return Updates(gradients, self.corrected(rate, iteration))

    def corrected(self, rate: float, iteration: int) -> float:
        """Return rate · √(1 − momentum2^t) / (1 − momentum^t), which undoes that both means start at 0."""
        t = iteration + 1
        return rate * math.sqrt(1 - self.momentum2**t) / (1 - self.momentum**t)

    def has_kernel(self, like: Tensor) -> bool:
        """Tell whether torch has a kernel for this type of device."""
        return like.device.type in ("cpu", "cuda")

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
        """Update by torch's Adam kernel: at step infinity, where its own correction of the means is 1."""
        import torch

        means, mean_squares = histories
        step = torch.full((), math.inf, device=means[0].device)
        torch._fused_adam_(
            parameters,
            gradients,
            means,
            mean_squares,
            [],
            [step] * len(parameters),
            lr=self.corrected(rate, iteration),
            beta1=self.momentum,
            beta2=self.momentum2,
            weight_decay=decay,
            eps=self.delta,
            amsgrad=False,
            maximize=False,
        )
