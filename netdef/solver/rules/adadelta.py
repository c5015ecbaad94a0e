"""AdaDelta."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.base import Updates, require_fraction
from netdef.solver.rules.compiled import CompiledRule

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class AdaDelta(CompiledRule):
    """AdaDelta: steps as large as the running mean of earlier steps, over that of the gradients.

    h1 ← momentum · h1 + (1 − momentum) · g²; s = g · √((h2 + delta) / (h1 + delta));
    h2 ← momentum · h2 + (1 − momentum) · s²; update = rate · s.

    Source: adadelta_solver.cpp; Zeiler 2012, algorithm 1 (there without a rate).
    """

    kernel: ClassVar[str] = "adadelta"
    history_kinds: ClassVar[int] = 2

    momentum: float
    delta: float

    @classmethod
    def from_solver(cls, solver: schema.SolverParameter) -> Self:
        """Take momentum (the decay of both means) and delta from a solver's message.

        Raises: OptionError for a momentum outside [0, 1).
        """
        return cls(momentum=require_fraction(solver, "momentum"), delta=solver.delta)

    def updates(self, gradients: list[Tensor], histories: list[list[Tensor]], rate: float, iteration: int) -> Updates:
        """Return the updates in the gradients' tensors."""
        import torch

        mean_squares, mean_square_steps = histories
        self._average_squares(mean_squares, gradients)
        ratios = torch._foreach_add(mean_square_steps, self.delta)
        torch._foreach_div_(ratios, torch._foreach_add(mean_squares, self.delta))
        torch._foreach_sqrt_(ratios)
        torch._foreach_mul_(gradients, ratios)
        self._average_squares(mean_square_steps, gradients)
        return Updates(gradients, rate)

    def options(self) -> dict[str, float]:
        """Return what the kernel is told."""
        return {"momentum": self.momentum, "delta": self.delta}

    def _average_squares(self, means: list[Tensor], values: list[Tensor]) -> None:
        import torch

        torch._foreach_mul_(means, self.momentum)
        torch._foreach_addcmul_(means, values, values, value=1 - self.momentum)
