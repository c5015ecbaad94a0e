"""Adam beside its formula, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.adam import Adam


def formula(histories: list[float], gradient: float, rate: float, iteration: int) -> tuple[list[float], float]:
    m = 0.75 * histories[0] + 0.25 * gradient
    v = 0.875 * histories[1] + 0.125 * gradient**2
    t = iteration + 1
    return [m, v], rate * math.sqrt(1 - 0.875**t) / (1 - 0.75**t) * m / (math.sqrt(v) + 0.0625)


def test_formula(follows: Callable[..., None]) -> None:
    follows(Adam(momentum=0.75, momentum2=0.875, delta=0.0625), formula)


def test_options_come_from_the_solver() -> None:
    solver = schema.SolverParameter(momentum=0.5, momentum2=0.75, delta=0.25)
    assert Adam.from_solver(solver) == Adam(momentum=0.5, momentum2=0.75, delta=0.25)


@pytest.mark.parametrize("field", ["momentum", "momentum2"])
def test_a_mean_that_forgets_nothing_is_refused(field: str) -> None:
    solver = schema.SolverParameter()
    setattr(solver, field, 1)
    with pytest.raises(OptionError, match=f"{field} is 1, must be at least 0 and less than 1") as refused:
        Adam.from_solver(solver)
    assert refused.value.path == (field,)
