from __future__ import annotations

import math

import pytest
from google.protobuf import text_format

from netdef.schema import netdef_pb2 as schema
from netdef.solver.policies import Policy

SCHEDULES = {
    "fixed": "",
    "step": "gamma: 0.5 stepsize: 4",
    "exp": "gamma: 0.9",
    "inv": "gamma: 0.1 power: 0.75",
    "multistep": "gamma: 0.5 stepvalue: 4 stepvalue: 9",
    "poly": "power: 2 max_iter: 20",
    "sigmoid": "gamma: 0.5 stepsize: 10",
    "cosine": "max_iter: 20",
    "plateau": 'test_interval: 1 plateau_param { metric: "loss" better: LOWER }',
}


def policy(name: str, text: str) -> Policy:
    message = f'lr_policy: "{name}" base_lr: 0.5 {SCHEDULES[name]} {text}'
    return Policy(text_format.Parse(message, schema.SolverParameter()))


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_policy_is_reached_in_a_straight_line(name: str) -> None:
    plain, warmed = policy(name, ""), policy(name, "warmup_iter: 5 warmup_start_lr: 0.125")
    climb = [0.125 + (plain.rate(5) - 0.125) * iteration / 5 for iteration in range(5)]
    assert [warmed.rate(iteration) for iteration in range(5)] == pytest.approx(climb, rel=1e-6)
    assert [warmed.rate(iteration) for iteration in range(5, 20)] == [plain.rate(i) for i in range(5, 20)]


def test_without_a_start_the_climb_begins_at_zero() -> None:
    warmed = policy("fixed", "warmup_iter: 4")
    assert [warmed.rate(iteration) for iteration in range(6)] == [0, 0.125, 0.25, 0.375, 0.5, 0.5]


@pytest.mark.parametrize("name", ["poly", "cosine"])
def test_poly_and_cosine_end_on_the_lowest_rate(name: str) -> None:
    plain, lifted = policy(name, ""), policy(name, "min_lr: 0.125")
    for iteration in (0, 7, 13, 20, 31):
        assert lifted.rate(iteration) == pytest.approx(0.125 + 0.375 * plain.rate(iteration) / 0.5, rel=1e-6)
    assert lifted.rate(20) == lifted.rate(31) == 0.125


def test_other_rates_stop_at_the_lowest() -> None:
    stepping = policy("step", "min_lr: 0.1875")
    assert [stepping.rate(iteration) for iteration in (0, 4, 8, 12)] == [0.5, 0.25, 0.1875, 0.1875]


def test_cosine_falls_by_half_a_wave() -> None:
    falling = policy("cosine", "")
    wave = [0.25 * (1 + math.cos(math.pi * iteration / 20)) for iteration in range(21)]
    assert [falling.rate(iteration) for iteration in range(21)] == pytest.approx(wave, rel=1e-6, abs=1e-9)
    assert falling.rate(21) == 0


def test_cosine_with_a_stepsize_starts_again() -> None:
    waves = policy("cosine", "stepsize: 8")
    assert [waves.rate(iteration) for iteration in range(8, 16)] == [waves.rate(iteration) for iteration in range(8)]
    assert waves.rate(8) == 0.5
    assert waves.rate(4) == pytest.approx(0.25)


def test_a_plateau_lowers_the_rate_and_is_resumed() -> None:
    first, second = policy("plateau", "gamma: 0.25"), policy("plateau", "gamma: 0.25")
    assert first.plateau is not None
    first.plateau.memory.drops = 2
    second.resume(first.memory)
    assert first.rate(7) == second.rate(7) == 0.5 / 16
    second.resume(None)
    assert second.rate(7) == 0.5 / 16


def test_only_a_plateau_remembers() -> None:
    assert policy("step", "").memory is None
