from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from netdef.layers.functions.calls import look, run
from netdef.layers.functions.compiled_lrn import task_of
from netdef.repetition.operator_tape import OperatorTape
from netdef.repetition.taken import KernelCall, Look, Operator
from tests.compiled import needs_kernels

X = torch.rand(3, 4)


def tape_of(what: Callable[[], object]) -> OperatorTape:
    tape = OperatorTape()
    with tape.running():
        what()
    return tape


def names(tape: OperatorTape) -> list[str]:
    return [entry.function._schema.name for entry in tape.entries if isinstance(entry, Operator)]


def test_operators_are_taken_down_forward_and_back() -> None:
    weight = torch.rand(4, requires_grad=True)
    tape = tape_of(lambda: torch.autograd.grad((X * weight).exp().sum(), weight))
    computed = [name for name in names(tape) if name in ("aten::mul", "aten::exp", "aten::sum")]
    assert computed == ["aten::mul", "aten::exp", "aten::sum", "aten::mul", "aten::mul", "aten::sum"]
    assert not tape.obstacle


def test_nothing_is_taken_down_outside() -> None:
    tape = tape_of(X.exp)
    X.exp()
    assert names(tape) == ["aten::exp"]


@needs_kernels
def test_kernels_stand_where_they_were_called() -> None:
    x = torch.rand(2, 3, 4, 5).to(memory_format=torch.channels_last)
    task = task_of(x, 3, 1.0, 0.75, 1.0, 1)

    def work() -> None:
        y = torch.empty_like(x)
        run("normalize", task, x, y)
        y.exp()

    before, *_, kernel, behind = map(type, tape_of(work).entries)
    assert (before, kernel, behind) == (Operator, KernelCall, Operator)


def test_a_look_is_one_entry_and_no_obstacle() -> None:
    seen: list[float] = []
    tape = tape_of(lambda: look(lambda number: seen.append(float(number.sum())), X))
    assert seen == [float(X.sum())]
    assert [type(entry) for entry in tape.entries] == [Look]
    assert not tape.obstacle


def test_operators_are_taken_down_after_a_look_that_failed() -> None:
    def fail(_: Tensor) -> None:
        raise ValueError("stop")

    tape = OperatorTape()
    with tape.running():
        with pytest.raises(ValueError, match="stop"):
            look(fail, X)
        X.exp()
    assert names(tape) == ["aten::exp"]


@pytest.mark.parametrize(
    ("what", "name"),
    [
        (lambda: X.sum().item(), "aten::_local_scalar_dense"),
        (lambda: X[X > 0.5], "aten::index"),
        (lambda: X.nonzero(), "aten::nonzero"),
        (lambda: torch.equal(X, X), "aten::equal"),
        (lambda: torch.rand(3), "aten::rand"),
        (lambda: torch.empty(2).resize_(3), "aten::resize_"),
        (lambda: torch.eye(3).to_sparse() @ X, "aten::_to_sparse"),
    ],
)
def test_what_hangs_on_numbers_is_an_obstacle(what: Callable[[], object], name: str) -> None:
    assert tape_of(what).obstacle.startswith(f"{name} ")


def test_places_may_be_chosen_by_their_numbers() -> None:
    assert not tape_of(lambda: X[:, torch.tensor([2, 0])]).obstacle


def test_the_first_obstacle_is_told() -> None:
    tape = tape_of(lambda: (X.exp(), X.nonzero(), torch.rand(3), X.exp()))
    assert tape.obstacle == "aten::nonzero does something else with other numbers"
