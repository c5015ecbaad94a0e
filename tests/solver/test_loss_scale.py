from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from netdef.schema import weights_pb2
from netdef.session import open_training
from netdef.solver.loss_scale import INTERVAL, LossScale
from netdef.solver.workers import ALONE, Workers
from tests.trainings import Record, state, write_run


def gradients(*values: float) -> list[Tensor | None]:
    return [torch.tensor(values), None, torch.ones(2, 3)]


class TwoWorkers(Workers):
    """This process, and one whose gradients overflow."""

    count = 2

    def totals(self, *values: float) -> tuple[float, ...]:
        return tuple(value + 1 for value in values)


def test_losses_are_lifted_and_gradients_brought_down_again() -> None:
    scale, own = LossScale(), gradients(65536.0, -32768.0)
    assert float(scale.scaled(torch.tensor(0.5))) == 32768
    assert scale.bring_down(own, ALONE)
    assert own[0] is not None
    assert own[0].tolist() == [1.0, -0.5]


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_an_overflow_anywhere_is_seen(value: float) -> None:
    assert not LossScale().bring_down(gradients(1.0, value), ALONE)
    assert not LossScale().bring_down(gradients(1.0, 2.0), TwoWorkers())


def test_the_factor_halves_after_an_overflow_and_doubles_after_two_thousand_updates() -> None:
    scale = LossScale()
    scale.follow(finite=False)
    assert (scale.scale, scale.skipped, scale.clean) == (32768, 1, 0)
    for _ in range(INTERVAL - 1):
        scale.follow(finite=True)
    assert scale.scale == 32768
    scale.follow(finite=True)
    assert (scale.scale, scale.clean) == (65536, 0)


def test_it_does_what_torchs_own_does() -> None:
    mine, its = LossScale(), torch.amp.GradScaler("cpu", growth_interval=INTERVAL)
    parameter = torch.nn.Parameter(torch.zeros(3))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    for step in range(5):
        value = math.inf if step in (1, 2) else 4.0
        own, before = gradients(value), parameter.detach().clone()
        its.scale(torch.ones(()))
        parameter.grad = torch.full((3,), value)
        its.step(optimizer)
        its.update()
        finite = mine.bring_down(own, ALONE)
        mine.follow(finite=finite)
        assert finite is bool((parameter != before).all())
        assert mine.scale == its.get_scale()


def test_it_goes_on_from_a_snapshot() -> None:
    scale, other = LossScale(), LossScale()
    scale.follow(finite=False)
    scale.follow(finite=True)
    other.resume(scale.memory)
    assert other.memory == weights_pb2.LossScaleState(scale=32768, clean=1, skipped=1)
    other.resume(None)
    assert other.scale == 32768


@pytest.mark.parametrize("more", ["precision: BF16", "precision: FP16", "precision: FP16 snapshot_format: HDF5"])
def test_a_run_in_16_bit_floats_goes_on_to_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    solver = write_run(tmp_path, f"momentum: 0.9 random_seed: 5 iter_size: 2 clip_gradients: 4 {more}")
    with open_training(solver) as straight:
        Record(straight).run(straight.solver.solve())
    with open_training(solver) as broken_off:
        Record(broken_off).run(broken_off.solver.step(6))
        _, path = broken_off.snapshot()
    with open_training(solver, snapshot=path) as resumed:
        Record(resumed).run(resumed.solver.solve())
    assert state(resumed) == state(straight)
    scales = [training.solver.loss_scale for training in (resumed, straight)]
    assert len({scale and str(scale.memory) for scale in scales}) == 1
    assert (scales[0] is None) is ("BF16" in more)
