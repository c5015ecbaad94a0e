from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
import torch
from torch import Tensor

from netdef.errors import DataError
from netdef.layers.functions.calls import look
from netdef.repetition.operator_tape import OperatorTape
from netdef.repetition.repetition import Repetition, repetition_of


def repeated(what: Callable[[], Tensor], known: Iterable[Tensor] = ()) -> tuple[Tensor, Repetition | None]:
    tape = OperatorTape()
    with tape.running():
        shown = what()
    return shown, repetition_of(tape, [shown], known)


def test_what_was_done_is_done_again_with_other_numbers() -> None:
    x = torch.rand(3, 4)
    weight = torch.rand(4, requires_grad=True)

    def work() -> Tensor:
        return torch.autograd.grad(((x * weight).exp() + x).square().sum(), weight)[0]

    found, again = repeated(work)
    assert again is not None
    x.copy_(torch.rand(3, 4))
    with torch.no_grad():
        weight.mul_(2)
    again.run()
    assert torch.equal(found, work())
    assert not found.requires_grad


def test_a_look_is_had_each_time() -> None:
    x = torch.ones(3)

    def check(number: Tensor) -> None:
        if float(number) > 3:
            raise DataError("too much")

    def work() -> Tensor:
        total = x.sum()
        look(check, total)
        return total.exp()

    _, again = repeated(work)
    assert again is not None
    again.run()
    x.add_(1)
    with pytest.raises(DataError, match="too much"):
        again.run()


def test_what_is_known_may_be_written_to() -> None:
    x, count = torch.rand(3), torch.zeros(())
    shown, again = repeated(lambda: x * count.add_(1), [count])
    assert again is not None
    again.run()
    assert count == 2
    assert torch.equal(shown, 2 * x)


def test_what_is_not_known_may_not() -> None:
    x = torch.rand(3)
    assert repeated(lambda: x * torch.tensor(0.0).add_(1))[1] is None
    assert repeated(lambda: x.neg_())[1] is None


def test_constants_stay() -> None:
    x = torch.rand(3)
    shown, again = repeated(lambda: x * torch.tensor(2.0))
    assert again is not None
    x.add_(1)
    again.run()
    assert torch.equal(shown, 2 * x)


def test_what_hangs_on_numbers_is_not_repeated() -> None:
    x = torch.rand(3)
    assert repeated(lambda: x * float(x.sum()))[1] is None
