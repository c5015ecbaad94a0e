"""Nesterov beside its formula."""

from __future__ import annotations

from collections.abc import Callable

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.nesterov import Nesterov


def formula(histories: list[float], gradient: float, rate: float, iteration: int) -> tuple[list[float], float]:
    (old,) = histories
    new = 0.9 * old + rate * gradient
    return [new], (1 + 0.9) * new - 0.9 * old


def test_formula(follows: Callable[..., None]) -> None:
    follows(Nesterov(momentum=0.9), formula)


def test_momentum_comes_from_the_solver() -> None:
    assert Nesterov.from_solver(schema.SolverParameter(momentum=0.25)) == Nesterov(momentum=0.25)
