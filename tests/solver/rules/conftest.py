"""A rule beside its formula, number by number in float64."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from netdef.solver.rules.base import Rule

Formula = Callable[[list[float], float, float, int], tuple[list[float], float]]
"""(histories, gradient, rate, iteration) → (new histories, update) for one number."""

SHAPES = [(2, 3), (5,)]
RATES = [0.5, 0.125, 2.0, 0.0]


def follow(rule: Rule, formula: Formula) -> None:
    """Run a rule for some iterations, from histories that are not zero, and compare each number with the formula."""
    generator = torch.Generator().manual_seed(3)
    histories = [
        [torch.rand(shape, generator=generator, dtype=torch.float64) for shape in SHAPES]
        for _ in range(rule.history_kinds)
    ]
    for iteration, rate in enumerate(RATES):
        gradients = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in SHAPES]
        expected = [
            formula([float(kind[i].flatten()[j]) for kind in histories], float(gradient.flatten()[j]), rate, iteration)
            for i, gradient in enumerate(gradients)
            for j in range(gradient.numel())
        ]
        tensors, factor = rule.updates(gradients, histories, rate, iteration)
        assert [factor * number for number in flat(tensors)] == pytest.approx([update for _, update in expected])
        for kind, history in enumerate(histories):
            assert flat(history) == pytest.approx([new[kind] for new, _ in expected])


def flat(tensors: list[torch.Tensor]) -> list[float]:
    return torch.cat([tensor.flatten() for tensor in tensors]).tolist()


@pytest.fixture
def follows() -> Callable[[Rule, Formula], None]:
    return follow
