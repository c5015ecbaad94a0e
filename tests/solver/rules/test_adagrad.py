"""AdaGrad beside its formula, and its refusal of a momentum."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.adagrad import AdaGrad


def formula(histories: list[float], gradient: float, rate: float, iteration: int) -> tuple[list[float], float]:
    h = histories[0] + gradient**2
    return [h], rate * gradient / (math.sqrt(h) + 0.125)


def test_formula(follows: Callable[..., None]) -> None:
    follows(AdaGrad(delta=0.125), formula)


def test_delta_comes_from_the_solver() -> None:
    assert AdaGrad.from_solver(schema.SolverParameter(delta=0.25)) == AdaGrad(delta=0.25)


def test_a_momentum_is_refused() -> None:
    with pytest.raises(OptionError, match=r"momentum is 0\.9, but AdaGrad has no momentum") as refused:
        AdaGrad.from_solver(schema.SolverParameter(type="AdaGrad", momentum=0.9))
    assert refused.value.path == ("momentum",)
