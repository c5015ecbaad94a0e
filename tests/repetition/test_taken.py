from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from netdef.errors import DataError
from netdef.layers.functions.calls import run
from netdef.layers.functions.compiled_lrn import task_of
from netdef.repetition.operator_tape import OperatorTape
from netdef.repetition.taken import KernelCall, Look, Operator, storage_of, tensors_in
from tests.compiled import needs_kernels


def taken(what: Callable[[], object]) -> list[Operator]:
    """Return the operators that are called."""
    tape = OperatorTape()
    with tape.running():
        what()
    return [entry for entry in tape.entries if isinstance(entry, Operator)]


def same(tensor: Tensor) -> Tensor:
    return tensor


def again(entry: Operator) -> None:
    call = entry.bound(same)
    assert call is not None
    call()


X = torch.arange(24.0).view(2, 3, 4) - 7


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.exp(),
        lambda x: x.clone(),
        lambda x: x.to(torch.float64),
        lambda x: x.transpose(0, 2).contiguous(),
        lambda x: torch.cat([x, x], 1),
        lambda x: x.new_zeros(3, 2),
        lambda x: torch.where(x > 0, x, 0.0),
        lambda x: torch.nn.functional.conv1d(x, x[:, :, :2]),
    ],
)
def test_what_was_made_is_made_again_in_the_same_place(function: Callable[[Tensor], Tensor]) -> None:
    x = X.clone()
    made: list[Tensor] = []
    entries = taken(lambda: made.append(function(x)))
    with torch.no_grad():
        x.neg_().add_(3)
        for entry in entries:
            if call := entry.bound(same):
                call()
    assert torch.equal(made[0], function(x))


def test_all_of_several_results_are_made_again() -> None:
    x = X.clone()
    made: list[Any] = []
    (entry,) = taken(lambda: made.append(x.max(1)))
    x.neg_()
    again(entry)
    assert torch.equal(made[0].values, x.max(1).values)
    assert torch.equal(made[0].indices, x.max(1).indices)


def test_what_no_operator_writes_is_copied() -> None:
    x, w, slopes = X[0].clone().view(1, 3, 4), torch.rand(2, 3, 2), torch.ones(1, 2, 3)
    *_, entry = taken(
        lambda: torch.ops.aten.convolution_backward(
            slopes, x, w, None, [1], [0], [1], False, [0], 1, [False, True, False]
        )
    )
    assert [made is None for made in entry.made] == [True, False, True]
    before = entry.made[1].clone()
    x.mul_(2)
    again(entry)
    assert torch.equal(entry.made[1], 2 * before)


def test_views_and_blanks_are_left_out() -> None:
    x = X.clone()
    for entry in taken(lambda: (x.view(6, 4)[1:].t(), x.detach(), torch.empty(3), torch.empty_like(x), x.new_empty(2))):
        assert entry.bound(same) is None
        assert not entry.written


def test_what_is_done_in_place_is_done_again_in_place() -> None:
    x, y = X.clone(), torch.ones(2, 3, 4)
    (entry,) = taken(lambda: x.add_(y))
    assert [each is x for each in entry.written] == [True]
    assert not entry.new
    again(entry)
    assert torch.equal(x, X + 2)


def test_other_tensors_may_stand_for_the_first_ones() -> None:
    x, other = X.clone(), torch.zeros(2, 3, 4)
    (entry,) = taken(lambda: x.exp())
    place = torch.empty_like(x)
    call = entry.bound(lambda tensor: other if tensor is x else place)
    assert call is not None
    call()
    assert torch.equal(place, torch.ones(2, 3, 4))


@needs_kernels
def test_kernels_are_called_again() -> None:
    x = torch.rand(2, 3, 4, 5).to(memory_format=torch.channels_last)
    y, task, tape = torch.empty_like(x), task_of(x, 3, 1.0, 0.75, 1.0, 1), OperatorTape()
    with tape.running():
        run("normalize", task, x, y)
    (entry,) = tape.entries
    assert isinstance(entry, KernelCall)
    assert [each is own for each, own in zip(entry.written, (x, y), strict=True)] == [True, True]
    first = y.clone()
    y.zero_()
    entry.bound(same)()
    assert torch.equal(y, first)


def test_looks_are_had_again() -> None:
    def check(number: Tensor) -> None:
        if float(number) > 3:
            raise DataError("too much")

    number = torch.tensor(3.0)
    call = Look(check, [number]).bound(same)
    call()
    number.add_(1)
    with pytest.raises(DataError, match="too much"):
        call()


def test_tensors_are_found_wherever_they_lie() -> None:
    a, b, c = torch.rand(3, 1)
    assert [each.data_ptr() for each in tensors_in((a, [b, 3], {"c": c, "d": None}))] == [
        each.data_ptr() for each in (a, b, c)
    ]
    assert storage_of(a) == storage_of(b) != storage_of(a.clone())
