"""SGD beside its formula."""

from __future__ import annotations

from collections.abc import Callable

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.sgd import SGD


def formula(histories: list[float], gradient: float, rate: float, iteration: int) -> tuple[list[float], float]:
    h = 0.9 * histories[0] + rate * gradient
    return [h], h


def test_formula(follows: Callable[..., None]) -> None:
    follows(SGD(momentum=0.9), formula)


def test_without_momentum_the_update_is_the_scaled_gradient(follows: Callable[..., None]) -> None:
    follows(SGD(momentum=0), lambda histories, g, rate, iteration: ([rate * g], rate * g))


def test_momentum_comes_from_the_solver() -> None:
    assert SGD.from_solver(schema.SolverParameter(momentum=0.25)) == SGD(momentum=0.25)
