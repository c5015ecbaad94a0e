"""AdaGrad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.base import Rule, Updates, refuse_momentum

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class AdaGrad(Rule):
    """AdaGrad: steps divided by the root of the sum of all squared gradients.

    h ← h + g²; update = rate · g / (√h + delta).

    Source: adagrad_solver.cpp; Duchi et al. 2011.
    """

    delta: float

    @classmethod
    def from_solver(cls, solver: schema.SolverParameter) -> Self:
        """Take delta from a solver's message.

        Raises: OptionError for a momentum.
        """
        refuse_momentum(solver)
        return cls(delta=solver.delta)

    def updates(self, gradients: list[Tensor], histories: list[list[Tensor]], rate: float, iteration: int) -> Updates:
        """Return the updates in the gradients' tensors."""
        import torch

        (squares,) = histories
        torch._foreach_addcmul_(squares, gradients, gradients)
        roots = torch._foreach_sqrt(squares)
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
        """Update by torch's AdaGrad kernel, at step 1, where its own decay of the rate is not felt."""
        import torch

        (squares,) = histories
        step = torch.ones(())
        torch._fused_adagrad_(
            parameters,
            gradients,
            squares,
            [step] * len(parameters),
            lr=rate,
            lr_decay=0.0,
            weight_decay=decay,
            eps=self.delta,
            maximize=False,
        )
