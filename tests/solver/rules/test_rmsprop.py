"""RMSProp beside its formula, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.rmsprop import RMSProp


def formula(histories: list[float], gradient: float, rate: float, iteration: int) -> tuple[list[float], float]:
    h = 0.75 * histories[0] + 0.25 * gradient**2
    return [h], rate * gradient / (math.sqrt(h) + 0.125)


def test_formula(follows: Callable[..., None]) -> None:
    follows(RMSProp(rms_decay=0.75, delta=0.125), formula)


def test_options_come_from_the_solver() -> None:
    solver = schema.SolverParameter(rms_decay=0.5, delta=0.25)
    assert RMSProp.from_solver(solver) == RMSProp(rms_decay=0.5, delta=0.25)


@pytest.mark.parametrize(
    ("solver", "words", "field"),
    [
        (schema.SolverParameter(type="RMSProp", momentum=0.9), "RMSProp has no momentum", "momentum"),
        (schema.SolverParameter(rms_decay=1), "rms_decay is 1, must be at least 0 and less than 1", "rms_decay"),
        (schema.SolverParameter(rms_decay=-0.5), "rms_decay is -0.5", "rms_decay"),
    ],
)
def test_refused(solver: schema.SolverParameter, words: str, field: str) -> None:
    with pytest.raises(OptionError, match=words) as refused:
        RMSProp.from_solver(solver)
    assert refused.value.path == (field,)
