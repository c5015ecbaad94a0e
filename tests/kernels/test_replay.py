from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from torch import Tensor

from netdef.kernels.replay import ARENA, COMMON, NOWHERE, Address, CallList, Noted, bases_of, can_be_listed, ranges_of
from netdef.layers.functions.compiled_lrn import Normalization, normalized, task_of
from netdef.layers.functions.convolved_maxima import Task
from netdef.layers.functions.winograd import Kernels
from tests.compiled import kernels
from tests.nets import numbers

__all__ = ["kernels"]


def images() -> Tensor:
    return numbers(5, 6, 4, 3).contiguous(memory_format=torch.channels_last)


def task(x: Tensor) -> Normalization:
    return task_of(x, 3, 1.0, 0.75, 1.0, 2)


def test_calls_follow_each_other_for_all_images_or_some_at_once(kernels: str) -> None:
    x = images()
    wanted = normalized(normalized(x, task(x)), task(x))
    bytes_of_an_image = x[0].nbytes
    for at_once, threads in ((1, 1), (2, 1), (5, 1), (1, 2), (2, 3)):
        y, own = torch.zeros_like(x), torch.zeros(threads, at_once * x[0].numel())
        options = task(x)
        ranges = ranges_of(options, len(x))
        there = Address(NOWHERE, x.data_ptr(), bytes_of_an_image)
        calls = [
            Noted("normalize", options, ranges, [there, Address(ARENA, 0)]),
            Noted("normalize", options, ranges, [Address(ARENA, 0), Address(COMMON, 0, bytes_of_an_image)]),
        ]
        CallList(calls, len(x), at_once, threads=threads, arena=own[0].nbytes).run(
            bases_of([0, own.data_ptr(), y.data_ptr()])
        )
        assert torch.equal(y, wanted)


def test_options_tell_how_many_ranges_an_image_has(kernels: str) -> None:
    assert ranges_of(task(images()), 5) == 4 * 3 * 2


def test_an_empty_list_does_nothing(kernels: str) -> None:
    CallList([], 1, 1).run(bases_of([0, 0]))


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="threads are held on Linux alone")
def test_threads_may_run_anywhere_afterwards(kernels: str) -> None:
    def masks() -> list[set[int]]:
        return [os.sched_getaffinity(int(thread.name)) for thread in Path("/proc/self/task").iterdir()]

    x = images()
    team = len(os.sched_getaffinity(0))
    call = Noted("normalize", task(x), ranges_of(task(x), 5), [Address(NOWHERE, x.data_ptr())] * 2)
    CallList([call], 5, 5, team=team).run(bases_of([0, 0]))
    before = masks()
    CallList([call], 5, 5, team=team).run(bases_of([0, 0]))
    assert masks() == before
    assert os.sched_getaffinity(0) in before


def test_kernels_that_do_not_count_images_first_stand_in_no_list() -> None:
    assert can_be_listed(task(images()), 2)
    assert not can_be_listed(task(images()), 6)
    assert not can_be_listed(Kernels(), 2)
    assert not can_be_listed(Task(), 2)
