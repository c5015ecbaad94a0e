"""Learning-rate policies: the rate as a function of the iteration alone."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from ctypes import c_float
from itertools import accumulate

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.choice import unknown_choice


class Policy:
    """The learning rate of every iteration of a solver, by its lr_policy.

    With i the iteration, counted from 0, rate = base_lr × factor, where the factor is for

    - fixed: 1
    - step: gamma ^ ⌊i / stepsize⌋
    - exp: gamma ^ i
    - inv: (1 + gamma · i) ^ −power
    - multistep: gamma ^ (number of stepvalues passed; see ``current_step``)
    - poly: (1 − i / max_iter) ^ power, 0 beyond max_iter
    - sigmoid: 1 / (1 + e ^ (−gamma · (i − stepsize)))

    Raises: OptionError for an unknown lr_policy, or an option that the policy lacks or refuses.
    Source: sgd_solver.cpp, GetLearningRate.
    """

    def __init__(self, solver: schema.SolverParameter) -> None:
        if solver.lr_policy not in _FACTORS:
            raise unknown_choice("lr_policy", solver.lr_policy, _FACTORS)
        _check(solver)
        self._solver = solver
        self._factor = _FACTORS[solver.lr_policy]

    def rate(self, iteration: int) -> float:
        """Return the learning rate of an iteration, rounded to float32 as Caffe holds it."""
        return _float32(self._solver.base_lr * self._factor(self._solver, iteration))

    def current_step(self, iteration: int) -> int:
        """Return how many steps down the rate has taken by an iteration, itself included (0 if it takes none).

        A multistep rate passes at most one stepvalue an iteration: stepvalues that lie together, or out of order,
        take effect one by one in the iterations after. The .solverstate written after iteration i holds
        ``current_step(i)``; being a function of the iteration, it need not be read back.
        """
        count = _STEPS.get(self._solver.lr_policy)
        return count(self._solver, iteration) if count else 0


def _steps(solver: schema.SolverParameter, iteration: int) -> int:
    return iteration // solver.stepsize


def _stepvalues_passed(solver: schema.SolverParameter, iteration: int) -> int:
    return bisect_right(_effective(solver.stepvalue), iteration)


def _effective(stepvalues: Sequence[int]) -> list[int]:
    """Return the iterations at which the stepvalues take effect: each after the one before."""
    return list(accumulate(stepvalues, lambda before, value: max(value, before + 1), initial=-1))[1:]


def _fixed(solver: schema.SolverParameter, iteration: int) -> float:
    return 1.0


def _step(solver: schema.SolverParameter, iteration: int) -> float:
    return _power(solver.gamma, _steps(solver, iteration))


def _exp(solver: schema.SolverParameter, iteration: int) -> float:
    return _power(solver.gamma, iteration)


def _inv(solver: schema.SolverParameter, iteration: int) -> float:
    return _power(1 + solver.gamma * iteration, -solver.power)


def _multistep(solver: schema.SolverParameter, iteration: int) -> float:
    return _power(solver.gamma, _stepvalues_passed(solver, iteration))


def _poly(solver: schema.SolverParameter, iteration: int) -> float:
    # Beyond max_iter Caffe raises a negative number to a fraction, which is no number.
    return _power(max(0.0, 1 - iteration / solver.max_iter), solver.power)


def _sigmoid(solver: schema.SolverParameter, iteration: int) -> float:
    x = solver.gamma * (iteration - solver.stepsize)
    small = math.exp(-abs(x))  # never overflows
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


_FACTORS: dict[str, Callable[[schema.SolverParameter, int], float]] = {
    "fixed": _fixed,
    "step": _step,
    "exp": _exp,
    "inv": _inv,
    "multistep": _multistep,
    "poly": _poly,
    "sigmoid": _sigmoid,
}

_STEPS: dict[str, Callable[[schema.SolverParameter, int], int]] = {"step": _steps, "multistep": _stepvalues_passed}


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except ArithmeticError:  # too large, or 0 to a negative power: infinite in C
        return math.inf


def _float32(value: float) -> float:
    return c_float(value).value


def _check(solver: schema.SolverParameter) -> None:
    if solver.lr_policy in ("step", "exp", "inv", "multistep", "sigmoid"):
        _require_gamma(solver)
    if solver.lr_policy in ("step", "sigmoid"):
        _require_positive(solver, "stepsize")
    if solver.lr_policy == "poly":
        _require_positive(solver, "max_iter")


def _require_gamma(solver: schema.SolverParameter) -> None:
    if not solver.HasField("gamma"):
        raise OptionError(f'lr_policy "{solver.lr_policy}" needs gamma', path=("lr_policy",))
    if not solver.gamma >= 0:
        raise OptionError(f"gamma is {solver.gamma:g}, must not be negative", path=("gamma",))


def _require_positive(solver: schema.SolverParameter, field: str) -> None:
    if not solver.HasField(field):
        raise OptionError(f'lr_policy "{solver.lr_policy}" needs {field}', path=("lr_policy",))
    value: int = getattr(solver, field)
    if value <= 0:
        raise OptionError(f"{field} is {value}, must be positive", path=(field,))
