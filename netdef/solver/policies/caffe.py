"""Caffe's policies: the factor of base_lr as a function of the iteration alone.

Source: sgd_solver.cpp, GetLearningRate.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from netdef.layers.powers import power
from netdef.schema import netdef_pb2 as schema


def fixed(solver: schema.SolverParameter, iteration: int) -> float:
    """Return 1."""
    return 1.0


def step(solver: schema.SolverParameter, iteration: int) -> float:
    """Return gamma ^ ⌊i / stepsize⌋."""
    return power(solver.gamma, steps(solver, iteration))


def exp(solver: schema.SolverParameter, iteration: int) -> float:
    """Return gamma ^ i."""
    return power(solver.gamma, iteration)


def inv(solver: schema.SolverParameter, iteration: int) -> float:
    """Return (1 + gamma · i) ^ −power."""
    return power(1 + solver.gamma * iteration, -solver.power)


def multistep(solver: schema.SolverParameter, iteration: int) -> float:
    """Return gamma ^ (number of stepvalues passed)."""
    return power(solver.gamma, stepvalues_passed(solver, iteration))


def poly(solver: schema.SolverParameter, iteration: int) -> float:
    """Return (1 − i / max_iter) ^ power, 0 beyond max_iter."""
    # Beyond max_iter Caffe raises a negative number to a fraction, which is no number.
    return power(max(0.0, 1 - iteration / solver.max_iter), solver.power)


def sigmoid(solver: schema.SolverParameter, iteration: int) -> float:
    """Return 1 / (1 + e ^ (−gamma · (i − stepsize)))."""
    x = solver.gamma * (iteration - solver.stepsize)
    small = math.exp(-abs(x))  # never overflows
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


def steps(solver: schema.SolverParameter, iteration: int) -> int:
    """Return how many steps "step" has taken."""
    return iteration // solver.stepsize


def stepvalues_passed(solver: schema.SolverParameter, iteration: int) -> int:
    """Return how many steps "multistep" has taken: at most one an iteration, each after the one before."""
    return bisect_right(_effective(solver.stepvalue), iteration)


def _effective(stepvalues: Sequence[int]) -> list[int]:
    """Return the iterations at which the stepvalues take effect."""
    return list(accumulate(stepvalues, lambda before, value: max(value, before + 1), initial=-1))[1:]
