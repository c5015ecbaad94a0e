"""AdaDelta beside its formula, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.adadelta import AdaDelta


def formula(histories: list[float], gradient: float, rate: float, iteration: int) -> tuple[list[float], float]:
    squares, steps = histories
    squares = 0.75 * squares + 0.25 * gradient**2
    step = gradient * math.sqrt((steps + 0.125) / (squares + 0.125))
    return [squares, 0.75 * steps + 0.25 * step**2], rate * step


def test_formula(follows: Callable[..., None]) -> None:
    follows(AdaDelta(momentum=0.75, delta=0.125), formula)


def test_options_come_from_the_solver() -> None:
    solver = schema.SolverParameter(momentum=0.5, delta=0.25)
    assert AdaDelta.from_solver(solver) == AdaDelta(momentum=0.5, delta=0.25)


def test_a_momentum_of_one_is_refused() -> None:
    with pytest.raises(OptionError, match="momentum is 1, must be at least 0 and less than 1") as refused:
        AdaDelta.from_solver(schema.SolverParameter(momentum=1))
    assert refused.value.path == ("momentum",)
