"""Nesterov's accelerated gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.base import Updates
from netdef.solver.rules.compiled import CompiledRule

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Nesterov(CompiledRule):
    """Nesterov's accelerated gradient.

    h ← momentum · h + rate · g; update = (1 + momentum) · h − momentum · (h before),
    which is momentum · h + rate · g and so needs no copy of the old history.

    Source: nesterov_solver.cpp; Sutskever et al. 2013, section 2.
    """

    kernel: ClassVar[str] = "nesterov"
    rate_in_history: ClassVar[bool] = True

    momentum: float

    @classmethod
    def from_solver(cls, solver: schema.SolverParameter) -> Self:
        """Take the momentum from a solver's message."""
        return cls(momentum=solver.momentum)

    def updates(self, gradients: list[Tensor], histories: list[list[Tensor]], rate: float, iteration: int) -> Updates:
        """Return the updates in the gradients' tensors."""
        import torch

        (history,) = histories
        torch._foreach_mul_(gradients, rate)
        torch._foreach_mul_(history, self.momentum)
        torch._foreach_add_(history, gradients)
        torch._foreach_add_(gradients, history, alpha=self.momentum)
        return Updates(gradients)

    def options(self) -> dict[str, float]:
        """Return what the kernel is told."""
        return {"momentum": self.momentum}
