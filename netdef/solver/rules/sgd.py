"""Stochastic gradient descent with momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.base import Rule, Updates

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class SGD(Rule):
    """Stochastic gradient descent with momentum.

    h ← momentum · h + rate · g; update = h. The rate is inside the history, so that a change of rate
    leaves the steps already under way as they are (torch.optim.SGD has it outside).

    Source: sgd_solver.cpp.
    """

    rate_in_history: ClassVar[bool] = True

    momentum: float

    @classmethod
    def from_solver(cls, solver: schema.SolverParameter) -> Self:
        """Take the momentum from a solver's message."""
        return cls(momentum=solver.momentum)

    def updates(self, gradients: list[Tensor], histories: list[list[Tensor]], rate: float, iteration: int) -> Updates:
        """Return the histories themselves."""
        import torch

        (history,) = histories
        torch._foreach_mul_(history, self.momentum)
        torch._foreach_add_(history, gradients, alpha=rate)
        return Updates(history)

    def has_kernel(self, like: Tensor) -> bool:
        """Tell whether torch has a kernel for this type of device: none of its fills histories without momentum."""
        return self.momentum > 0 and like.device.type in ("cpu", "cuda")

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
        """Update by torch's SGD kernel: its own rate is 1, and a dampening of 1 − rate puts ours into the history."""
        import torch

        (history,) = histories
        torch._fused_sgd_(
            parameters,
            gradients,
            history,
            weight_decay=decay,
            momentum=self.momentum,
            lr=1.0,
            dampening=1 - rate,
            nesterov=False,
            maximize=False,
            is_first_step=False,
        )
