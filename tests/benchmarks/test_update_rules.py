from __future__ import annotations

import pytest
import torch

from benchmarks import update_rules
from benchmarks.update_rules import copy_step, netdef_step, plain_loop, torch_optim
from netdef.solver.rules.registry import SOLVER_TYPES

SHAPES = [(3, 2), (4,)]


@pytest.fixture(autouse=True)
def few_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_rules, "SHAPES", SHAPES)


@pytest.mark.parametrize(("rule", "kinds"), [("SGD", 1), ("Nesterov", 1), ("AdaGrad", 1), ("RMSProp", 1), ("Adam", 2)])
def test_every_rule_is_beside_a_copy_of_as_many_histories(rule: str, kinds: int) -> None:
    step, found = netdef_step(rule, "cpu")
    step([torch.ones(shape) for shape in SHAPES])
    assert found == kinds
    assert rule in SOLVER_TYPES


def test_all_contenders_of_sgd_make_the_same_step(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[list[torch.Tensor]] = []

    def kept(device: str) -> list[torch.Tensor]:
        made.append([torch.full(shape, 0.5) for shape in SHAPES])
        return made[-1]

    monkeypatch.setattr(update_rules, "parameters", kept)
    steps = (
        netdef_step("SGD", "cpu")[0],
        netdef_step("SGD", "cpu", keep_updates=True)[0],
        plain_loop("cpu"),
        torch_optim("cpu", fused=True),
    )
    for step in steps:
        step([torch.full(shape, 2.0) for shape in SHAPES])
    for tensors in made:
        assert torch.allclose(tensors[0], torch.full((3, 2), 0.5 - 0.01 * (2.0 + 5e-4 * 0.5)), atol=1e-7)


def test_a_copy_copies_parameters_and_histories(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[int] = []
    monkeypatch.setattr(torch, "_foreach_copy_", lambda targets, sources: copied.append(len(sources)))
    copy_step(2, "cpu")([])
    assert copied == [6]
