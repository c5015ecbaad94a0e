from __future__ import annotations

from collections.abc import Callable, Sequence
from ctypes import Structure

import pytest
import torch
from torch import Tensor

from netdef.layers.functions.calls import are_noted, look, noted, run, threads_for
from netdef.layers.functions.compiled_lrn import task_of
from tests.compiled import needs_kernels


class Noted:
    def __init__(self) -> None:
        self.calls: list[tuple[str, Structure, list[Tensor | None]]] = []
        self.looked: list[float] = []

    def note(self, name: str, task: Structure, tensors: Sequence[Tensor | None]) -> None:
        self.calls.append((name, task, [*tensors]))

    def look(self, check: Callable[..., None], *tensors: Tensor) -> None:
        self.looked.extend(map(float, tensors))
        check(*tensors)


@needs_kernels
def test_calls_are_noted_with_what_they_were_given() -> None:
    x = torch.rand(2, 3, 4, 5).to(memory_format=torch.channels_last)
    y, task, notes = torch.empty_like(x), task_of(x, 3, 1.0, 0.75, 1.0, 1), Noted()
    with noted(notes):
        run("normalize", task, x, y)
    run("normalize", task, x, y)
    ((name, own, (first, second)),) = notes.calls
    assert (name, own) == ("normalize", task)
    assert first is x
    assert second is y


@needs_kernels
def test_calls_are_not_noted_any_more_after_an_error() -> None:
    x, notes = torch.rand(1, 1, 1, 1), Noted()
    with pytest.raises(RuntimeError, match="stop"), noted(notes):
        raise RuntimeError("stop")
    run("normalize", task_of(x, 3, 1.0, 0.75, 1.0, 1), x, torch.empty_like(x))
    assert not notes.calls


def test_looks_at_numbers_are_told_to_notes() -> None:
    seen: list[float] = []
    notes, number = Noted(), torch.tensor(3.0)
    look(lambda each: seen.append(float(each)), number)
    assert not are_noted()
    with noted(notes):
        assert are_noted()
        look(lambda each: seen.append(float(each)), number)
    assert (seen, notes.looked) == ([3, 3], [3])


def test_all_threads_work_or_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 16)
    assert [threads_for(work, 100) for work in (0, 199, 200, 5000)] == [1, 1, 16, 16]
