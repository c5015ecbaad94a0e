"""Updates by compiled kernels beside those of the rules' own arithmetic in float64."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules import compiled
from netdef.solver.rules.registry import rule_of
from netdef.solver.rules.updater import Updater
from tests.compiled import kernels, needs_kernels
from tests.nets import numbers

__all__ = ["kernels"]

KINDS = ["AdaDelta", "Nesterov"]
SHAPES = [(5, 7), (0,), (1,), (16, 3), (2, 3, 4, 5), (64, 129)]
LR_MULTS, DECAY_MULTS = [1.0, 1.0, 1.0, 2.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 0.0, 1.0]
RATES = [0.5, 1e-3, 0.0, 2.0]


def tensors(seed: int) -> list[Tensor]:
    return [numbers(*shape, seed=seed + index) for index, shape in enumerate(SHAPES)]


def solver_of(kind: str, *, decay: float = 0.1) -> schema.SolverParameter:
    return schema.SolverParameter(type=kind, momentum=0.9, weight_decay=decay, delta=1e-3)


def updater_of(kind: str, parameters: list[Tensor]) -> Updater:
    return Updater(solver_of(kind), parameters, LR_MULTS, DECAY_MULTS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("threads", [1, 3, 8])
def test_numbers_are_those_of_the_rules(kind: str, threads: int, kernels: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "WORTH_A_THREAD", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    fast, plain = tensors(0), [tensor.double() for tensor in tensors(0)]
    by_kernel, by_rule = updater_of(kind, fast), updater_of(kind, plain)
    for iteration, rate in enumerate(RATES):
        gradients = tensors(10 + iteration)
        by_rule.step([gradient.double() for gradient in gradients], rate, iteration)
        by_kernel.step([*gradients], rate, iteration)
    for one, other in zip([*fast, *by_kernel.histories], [*plain, *by_rule.histories], strict=True):
        torch.testing.assert_close(one.double(), other, rtol=2e-6, atol=2e-6)


@needs_kernels
@pytest.mark.parametrize("kind", KINDS)
def test_kernels_are_used(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("not by a kernel")

    monkeypatch.setattr(type(rule_of(solver_of(kind))), "updates", refuse)
    updater_of(kind, tensors(0)).step([*tensors(1)], 0.5, 0)
    with pytest.raises(RuntimeError, match="not by a kernel"):
        updater_of(kind, [tensor.double() for tensor in tensors(0)]).step([*tensors(1)], 0.5, 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [3, 40])
def test_what_is_not_a_number_stays_so_and_nothing_else_becomes_so(kind: str, count: int, kernels: str) -> None:
    parameter, gradient = numbers(count), numbers(count, seed=1)
    parameter[0], gradient[2] = torch.inf, torch.nan
    updater = Updater(solver_of(kind, decay=0), [parameter], [1.0], [1.0])
    updater.step([gradient], 0.5, 0)
    assert parameter[0] == torch.inf
    assert parameter.isnan().nonzero().tolist() == [[2]]
    assert all(history.isnan().nonzero().tolist() == [[2]] for history in updater.histories)


@needs_kernels
def test_which_parameters_suit() -> None:
    parameter = torch.nn.Parameter(numbers(2, 3))
    assert compiled.suits(parameter)
    assert not compiled.suits(parameter.double())
    assert not compiled.suits(parameter.to("meta"))


def test_without_kernels_no_parameter_suits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "width", lambda: None)
    assert not compiled.suits(numbers(2, 3))
    parameters = tensors(0)
    updater_of("AdaDelta", parameters).step([*tensors(1)], 0.5, 0)
    assert not torch.equal(parameters[0], tensors(0)[0])


@pytest.mark.parametrize(("threads", "worth"), [(8, 8), (2, 2), (3, 1), (1, 0)])
def test_threads_are_as_many_as_the_work_needs(threads: int, worth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    monkeypatch.setattr(compiled, "kernel", lambda name, addresses: lambda *_: None)
    options = compiled.Options()
    compiled.update("adadelta", options, [torch.empty(worth * compiled.WORTH_A_THREAD + 5)])
    assert options.threads == max(1, min(threads, worth))
