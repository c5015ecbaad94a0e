"""Stochastic gradient descent with momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.base import Rule

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class SGD(Rule):
    """Stochastic gradient descent with momentum.

    h ← momentum · h + rate · g; update = h. The rate is inside the history, so that a change of rate
    leaves the steps already under way as they are (torch.optim.SGD has it outside).

    Source: sgd_solver.cpp.
    """

    momentum: float

    @classmethod
    def from_solver(cls, solver: schema.SolverParameter) -> Self:
        """Take the momentum from a solver's message."""
        return cls(momentum=solver.momentum)

    def updates(
        self, gradients: list[Tensor], histories: list[list[Tensor]], rate: float, iteration: int
    ) -> list[Tensor]:
        """Return the histories themselves."""
        import torch

        (history,) = histories
        torch._foreach_mul_(history, self.momentum)
        torch._foreach_add_(history, gradients, alpha=rate)
        return history
