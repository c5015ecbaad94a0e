"""Weight decay: what a penalty on large parameters adds to their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netdef.schema import netdef_pb2 as schema
from netdef.solver.choice import unknown_choice

if TYPE_CHECKING:
    from torch import Tensor

Regularizer = Callable[["list[Tensor]", "list[Tensor]", float], None]
"""Adds to gradients what parameters and a decay ask for: (gradients, parameters, decay)."""


def decay_squares(gradients: list[Tensor], parameters: list[Tensor], decay: float) -> None:
    """Add the gradient of decay · Σw² / 2: g ← g + decay · w."""
    import torch

    torch._foreach_add_(gradients, parameters, alpha=decay)


def decay_magnitudes(gradients: list[Tensor], parameters: list[Tensor], decay: float) -> None:
    """Add the gradient of decay · Σ|w|: g ← g + decay · sign(w)."""
    import torch

    torch._foreach_add_(gradients, torch._foreach_sign(parameters), alpha=decay)


REGULARIZERS: dict[str, Regularizer] = {"L1": decay_magnitudes, "L2": decay_squares}


def regularizer_of(solver: schema.SolverParameter) -> Regularizer:
    """Return the regularizer that a solver's regularization_type names.

    Raises: OptionError for an unknown regularization_type.
    """
    if solver.regularization_type not in REGULARIZERS:
        raise unknown_choice("regularization_type", solver.regularization_type, REGULARIZERS)
    return REGULARIZERS[solver.regularization_type]
