"""The order of one update, multipliers, missing gradients, and histories in the order of snapshots."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.registry import SOLVER_TYPES, rule_of
from netdef.solver.rules.updater import Updater

SHAPES = [(2, 3), (5,), (4, 1)]
LR_MULTS, DECAY_MULTS = [1.0, 2.0, 0.0], [1.0, 0.0, 1.0]


def tensors(seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator) for shape in SHAPES]


def run(solver: schema.SolverParameter, gradients: list[list[Tensor | None]]) -> tuple[list[Tensor], Updater]:
    parameters = tensors(0)
    updater = Updater(solver, parameters, LR_MULTS, DECAY_MULTS)
    for iteration, given in enumerate(gradients):
        copies = [None if gradient is None else gradient.clone() for gradient in given]
        updater.step(copies, 0.5**iteration, iteration)
    return parameters, updater


def assert_equal(found: list[Tensor], expected: list[Tensor]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert torch.equal(one, other)


def test_clipping_precedes_the_mean_and_decay_follows_it() -> None:
    parameter = torch.tensor([10.0])
    solver = schema.SolverParameter(clip_gradients=4, iter_size=2, weight_decay=0.1)
    Updater(solver, [parameter], [1.0], [3.0]).step([torch.tensor([8.0])], 0.25, 0)
    expected = 8.0 * (4 / 8) / 2 + 0.1 * 3 * 10
    assert parameter.item() == pytest.approx(10 - 0.25 * expected)


def test_multipliers_belong_to_their_own_parameter() -> None:
    before, gradients = tensors(0), tensors(1)
    after, _ = run(schema.SolverParameter(weight_decay=0.5), [[*gradients]])
    for w, old, g, lr_mult, decay_mult in zip(after, before, gradients, LR_MULTS, DECAY_MULTS, strict=True):
        assert torch.allclose(w, old - lr_mult * (g + 0.5 * decay_mult * old))


def test_decay_is_that_of_alexnets_paper() -> None:
    """Section 5: v ← 0.9 · v - 0.0005 · rate · w - rate · gradient, then w ← w + v; our history is -v."""
    rates = [0.01, 0.01, 0.001, 0.0001]
    first = [tensor.double() for tensor in tensors(0)]
    w, v = [tensor.clone() for tensor in first], [torch.zeros_like(tensor) for tensor in first]
    updater = Updater(schema.SolverParameter(momentum=0.9, weight_decay=0.0005), first, [1.0] * 3, [1.0] * 3)
    for iteration, rate in enumerate(rates):
        gradients = [tensor.double() for tensor in tensors(iteration + 1)]
        v = [0.9 * old - 0.0005 * rate * x - rate * g for old, x, g in zip(v, w, gradients, strict=True)]
        w = [x + step for x, step in zip(w, v, strict=True)]
        updater.step([*gradients], rate, iteration)
    for ours, theirs in zip([*first, *updater.histories], [*w, *(-step for step in v)], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("kind", SOLVER_TYPES)
@pytest.mark.parametrize("decay", ["L1", "L2"])
def test_a_missing_gradient_is_zero(kind: str, decay: str) -> None:
    solver = schema.SolverParameter(type=kind, weight_decay=0.1, regularization_type=decay)
    first, later = tensors(1), tensors(2)
    zero = torch.zeros(SHAPES[1])
    missing, one = run(solver, [[*first], [later[0], None, later[2]]])
    present, other = run(solver, [[*first], [later[0], zero, later[2]]])
    assert_equal(missing, present)
    assert_equal(one.histories, other.histories)


@pytest.mark.parametrize("kind", SOLVER_TYPES)
@pytest.mark.parametrize("keep_updates", [True, False])
def test_autograd_sees_that_parameters_are_written_and_not_how(kind: str, keep_updates: bool) -> None:
    parameters = [tensor.requires_grad_() for tensor in tensors(0)]
    solver = schema.SolverParameter(type=kind, weight_decay=0.1, clip_gradients=1)
    updater = Updater(solver, parameters, LR_MULTS, DECAY_MULTS, keep_updates=keep_updates)
    for iteration in range(2):
        versions = [parameter._version for parameter in parameters]
        updater.step([*tensors(iteration)], 0.5, iteration)
        assert all(now._version > before for now, before in zip(parameters, versions, strict=True))
    assert all(parameter.is_leaf for parameter in parameters)
    assert not any(history.requires_grad for history in updater.histories)


@pytest.mark.parametrize("kind", ["AdaDelta", "Adam"])
def test_histories_of_the_second_kind_follow_all_of_the_first(kind: str) -> None:
    _, updater = run(schema.SolverParameter(type=kind), [[*tensors(1)]])
    assert [tuple(history.shape) for history in updater.histories] == SHAPES * 2
    first, second = updater.histories[:3], updater.histories[3:]
    assert not any(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def test_a_history_lies_at_its_parameters_place_whatever_the_grouping() -> None:
    _, updater = run(schema.SolverParameter(), [[*tensors(1)]])
    for history, gradient, lr_mult in zip(updater.histories, tensors(1), LR_MULTS, strict=True):
        assert torch.equal(history, lr_mult * gradient)


@pytest.mark.parametrize("kind", SOLVER_TYPES)
def test_histories_copied_in_go_on_as_if_never_stopped(kind: str) -> None:
    solver = schema.SolverParameter(type=kind)
    straight, _ = run(solver, [[*tensors(1)], [*tensors(2)]])
    resumed, before = run(solver, [[*tensors(1)]])
    updater = Updater(solver, resumed, LR_MULTS, DECAY_MULTS)
    for history, saved in zip(updater.histories, before.histories, strict=True):
        history.copy_(saved)
    updater.step([*tensors(2)], 0.5, 1)
    assert_equal(resumed, straight)


@pytest.mark.parametrize("kind", SOLVER_TYPES)
def test_updates_that_are_kept_are_what_was_subtracted(kind: str) -> None:
    before, after, gradients = tensors(0), tensors(0), tensors(1)
    solver = schema.SolverParameter(type=kind, weight_decay=0.1)
    Updater(solver, after, LR_MULTS, DECAY_MULTS, keep_updates=True).step(gradients, 0.5, 0)
    assert_equal(after, [w - update for w, update in zip(before, gradients, strict=True)])


@pytest.mark.parametrize("kind", SOLVER_TYPES)
@pytest.mark.parametrize("layout", ["channels_last", "part of a larger blob", "transposed gradient"])
def test_layouts_do_not_change_numbers(kind: str, layout: str) -> None:
    solver = schema.SolverParameter(type=kind, weight_decay=0.1)
    if kind not in ("AdaGrad", "RMSProp"):
        solver.momentum = 0.5
    generator = torch.Generator().manual_seed(4)
    start, gradient = torch.randn((2, 2, 3, 4, 5), generator=generator)
    whole = torch.zeros(2, 6, 4, 5)
    parameter, given = {
        "channels_last": (start.to(memory_format=torch.channels_last), gradient.clone()),
        "part of a larger blob": (whole[:, 2:5].copy_(start), gradient.clone()),
        "transposed gradient": (start.clone(), gradient.transpose(2, 3).contiguous().transpose(2, 3)),
    }[layout]
    Updater(solver, [parameter], [1.0], [1.0]).step([given], 0.5, 0)
    Updater(solver, [start], [1.0], [1.0], keep_updates=True).step([gradient], 0.5, 0)
    assert torch.allclose(parameter, start)
    assert not whole[:, :2].any()
    assert not whole[:, 5:].any()


def test_which_types_have_a_kernel_of_torch() -> None:
    double = torch.zeros((), dtype=torch.float64)
    with_kernels = {kind for kind in SOLVER_TYPES if rule_of(schema.SolverParameter(type=kind)).has_kernel(double)}
    assert with_kernels == {"AdaGrad", "Adam", "RMSProp"}
    assert rule_of(schema.SolverParameter(momentum=0.5)).has_kernel(double)
    assert not rule_of(schema.SolverParameter(momentum=0.5)).has_kernel(double.to("meta"))


@pytest.mark.parametrize(
    ("kind", "momentum"), [("SGD", 0.9), ("AdaGrad", 0.0), ("Adam", 0.9), ("Adam", 0.0), ("RMSProp", 0.0)]
)
def test_kernels_give_what_the_rules_give(kind: str, momentum: float) -> None:
    solver = schema.SolverParameter(type=kind, momentum=momentum, weight_decay=0.1, clip_gradients=3, delta=1e-3)
    fast, plain = ([tensor.double() for tensor in tensors(0)] for _ in range(2))
    by_kernel = Updater(solver, fast, LR_MULTS, DECAY_MULTS)
    by_rule = Updater(solver, plain, LR_MULTS, DECAY_MULTS, keep_updates=True)
    for iteration, rate in enumerate([0.5, 1e-7, 0.0, 2.0]):
        for updater in (by_kernel, by_rule):
            updater.step([tensor.double() for tensor in tensors(iteration)], rate, iteration)
    for one, other in zip([*fast, *by_kernel.histories], [*plain, *by_rule.histories], strict=True):
        assert torch.allclose(one, other, rtol=1e-9, atol=1e-12)


def test_parameters_that_require_gradients_are_updated_in_place() -> None:
    parameter = torch.nn.Parameter(torch.tensor([2.0, 3.0]))
    Updater(schema.SolverParameter(), [parameter], [1.0], [1.0]).step([torch.tensor([4.0, 8.0])], 0.25, 0)
    assert parameter.tolist() == [1.0, 1.0]
    assert parameter.requires_grad


def test_a_net_without_parameters_steps() -> None:
    Updater(schema.SolverParameter(clip_gradients=1, iter_size=2), [], [], []).step([], 0.1, 0)
