from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from netdef.repetition.memory import Memory, asked_for
from netdef.repetition.operator_tape import OperatorTape
from netdef.repetition.taken import Taken, storage_of


def entries_of(what: Callable[[], object]) -> list[Taken]:
    tape = OperatorTape()
    with tape.running():
        what()
    return tape.entries


def test_memory_is_needed_from_the_first_use_to_the_last() -> None:
    x = torch.rand(16)
    a, b, c = [], [], []

    def work() -> None:
        a.append(x.exp())  # 0
        b.append(a[0].view(4, 4).t())  # 1, 2: on the same memory
        c.append(b[0].sum(0))  # 3
        c[0].neg()  # 4

    spans = asked_for(entries_of(work))
    assert storage_of(x) not in spans
    assert spans[storage_of(a[0])][1:] == (0, 3)
    assert spans[storage_of(c[0])][1:] == (3, 4)
    assert spans[storage_of(a[0])].size == 64


def test_what_others_gave_stays_theirs_even_if_it_is_returned() -> None:
    x = torch.rand(3)
    assert not asked_for(entries_of(lambda: x.neg_().view(3, 1)))


def chain(x: Tensor) -> list[Tensor]:
    made = [x]
    for _ in range(4):
        made.append(made[-1].exp())
    return made[1:]


def test_what_is_needed_at_different_times_shares_memory() -> None:
    x, made = torch.rand(100), list[Tensor]()
    entries = entries_of(lambda: made.extend(chain(x)))
    memory = Memory(entries, [made[-1]])
    places = [memory.placed(tensor).data_ptr() for tensor in made]
    assert places[0] == places[2] != places[1]
    assert places[3] == made[3].data_ptr()
    assert memory.placed(x).data_ptr() == x.data_ptr()
    assert memory.placed(made[0]) is memory.placed(made[0])
    assert len(memory.tensors) == 5


def test_tensors_lie_in_their_place_as_they_lay_at_first() -> None:
    made: list[Tensor] = []

    def work() -> None:
        whole = torch.zeros(4, 6, dtype=torch.float64)
        made.extend([whole, whole[1:, 2:].t()])

    memory = Memory(entries_of(work), [])
    whole, part = map(memory.placed, made)
    assert (part.dtype, part.shape, part.stride()) == (torch.float64, made[1].shape, made[1].stride())
    whole.copy_(torch.arange(24.0).view(4, 6))
    assert torch.equal(part, whole[1:, 2:].t())


def test_what_is_given_loses_its_history() -> None:
    weight = torch.rand(3, requires_grad=True)
    memory = Memory(entries_of(lambda: weight.exp()), [])
    assert memory.placed(weight).data_ptr() == weight.data_ptr()
    assert not memory.placed(weight).requires_grad
