"""Caffe's policies against Caffe's rates, and its own recursion."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.policies import Policy

GOLDEN = Path(os.environ.get("NETDEF_GOLDEN", Path(__file__).parents[2] / "golden")) / "solvers"
CASES = sorted(path.stem for path in GOLDEN.glob("*.npz") if "lr" in np.load(path))


def solver(text: str) -> schema.SolverParameter:
    return text_format.Parse(text, schema.SolverParameter())


def caffe_steps(stepvalues: list[int], iterations: int) -> list[int]:
    """Caffe's own recursion: one stepvalue an iteration at most."""
    steps, current = [], 0
    for iteration in range(iterations):
        if current < len(stepvalues) and iteration >= stepvalues[current]:
            current += 1
        steps.append(current)
    return steps


@pytest.mark.parametrize("case", CASES)
def test_rates_are_caffes(case: str) -> None:
    policy = Policy(solver((GOLDEN / f"{case}.prototxt").read_text()))
    rates = np.load(GOLDEN / f"{case}.npz")["lr"]
    assert [policy.rate(i) for i in range(len(rates))] == pytest.approx(list(rates), rel=1e-6)


def test_there_are_golden_cases() -> None:
    assert len(CASES) == 32


def test_inv_gives_the_rates_that_lenets_log_shows() -> None:
    policy = Policy(solver('lr_policy: "inv" base_lr: 0.01 gamma: 1e-4 power: 0.75'))
    assert f"{policy.rate(100):g} {policy.rate(500):g} {policy.rate(9600):g}" == "0.00992565 0.00964069 0.00603682"


@pytest.mark.parametrize("stepvalues", [[], [2, 5, 6], [3, 3, 3], [0, 0], [4, 1, 7, 7], [-3, -2, 2]])
def test_multistep_passes_one_stepvalue_an_iteration(stepvalues: list[int]) -> None:
    message = solver('lr_policy: "multistep" base_lr: 1 gamma: 0.5')
    message.stepvalue.extend(stepvalues)
    policy = Policy(message)
    expected = caffe_steps(stepvalues, 12)
    assert [policy.current_step(i) for i in range(12)] == expected
    assert [policy.rate(i) for i in range(12)] == [0.5**step for step in expected]


def test_current_step_counts_steps_and_is_zero_for_policies_without() -> None:
    assert Policy(solver('lr_policy: "step" gamma: 0.1 stepsize: 3')).current_step(7) == 2
    assert Policy(solver('lr_policy: "inv" gamma: 0.1 power: 1')).current_step(7) == 0


def test_rates_are_rounded_to_float32() -> None:
    assert Policy(solver('lr_policy: "fixed" base_lr: 0.1')).rate(0) == float(np.float32(0.1))


def test_sigmoid_far_from_its_middle_neither_overflows_nor_vanishes() -> None:
    policy = Policy(solver('lr_policy: "sigmoid" base_lr: 1 gamma: 1 stepsize: 50'))
    assert policy.rate(0) == pytest.approx(math.exp(-50))
    assert policy.rate(5000) == 1
    assert Policy(solver('lr_policy: "sigmoid" base_lr: 1 gamma: 1 stepsize: 5000')).rate(0) == 0


def test_growth_beyond_all_numbers_is_infinite() -> None:
    assert Policy(solver('lr_policy: "exp" base_lr: 1 gamma: 2')).rate(3000) == math.inf


def test_poly_is_zero_beyond_max_iter() -> None:
    policy = Policy(solver('lr_policy: "poly" base_lr: 1 power: 0.5 max_iter: 8'))
    assert policy.rate(6) == pytest.approx(0.5)
    assert [policy.rate(8), policy.rate(9)] == [0, 0]


@pytest.mark.parametrize(
    "case", ["solver_unknown_policy", "solver_step_without_stepsize", "solver_sigmoid_negative_gamma"]
)
def test_what_caffe_refuses_is_refused(case: str) -> None:
    message = solver((GOLDEN.parent / "rejects" / f"{case}.prototxt").read_text())
    with pytest.raises(OptionError):
        Policy(message)
