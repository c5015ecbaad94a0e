"""Clipping by the norm over all gradients, and the division by iter_size."""

from __future__ import annotations

import pytest
import torch

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.scale import GradientScale

GRADIENTS = [torch.tensor([[3.0], [0.0]]), torch.tensor([4.0])]  # their common norm is 5


@pytest.mark.parametrize(
    ("clip", "iter_size", "expected"), [(-1, 1, 1), (-1, 4, 0.25), (10, 1, 1), (5, 1, 1), (2, 1, 0.4), (2, 4, 0.1)]
)
def test_factor(clip: float, iter_size: int, expected: float) -> None:
    scale = GradientScale.from_solver(schema.SolverParameter(clip_gradients=clip, iter_size=iter_size))
    assert scale.factor(GRADIENTS) == pytest.approx(expected)


def test_nothing_is_clipped_and_divided_by_default() -> None:
    assert GradientScale.from_solver(schema.SolverParameter()) == GradientScale(clip=None, iter_size=1)


@pytest.mark.parametrize(
    ("field", "words"),
    [("clip_gradients", "clip_gradients is 0, which sets every"), ("iter_size", "iter_size is 0, must be at least 1")],
)
def test_zero_is_refused(field: str, words: str) -> None:
    solver = schema.SolverParameter()
    setattr(solver, field, 0)
    with pytest.raises(OptionError, match=words) as refused:
        GradientScale.from_solver(solver)
    assert refused.value.path == (field,)
