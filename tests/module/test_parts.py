from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.layers.functions.compiled_lrn import task_of
from netdef.module import parts
from netdef.module.parts import parts_of
from netdef.module.tape import Buffer, Called, Place


@pytest.fixture(autouse=True)
def small_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "CACHE", 1000)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)


def called(number: int, bytes_of_an_image: int, images: int = 10, weights: int = 0) -> Called:
    blob = Place(Buffer(images * bytes_of_an_image), 0, bytes_of_an_image)
    kernels: Tensor = torch.empty(weights, dtype=torch.uint8)
    options = task_of(torch.empty(1, 1, 1, 1), 3, 1.0, 0.75, 1.0, 1)
    return Called(number, "any", options, images, [blob, Place(kernels, 0, 0), None, blob])


def cut(*calls: Called) -> list[tuple[int, int, int, int]]:
    return [(part.first, part.last, part.at_once, part.threads) for part in parts_of(calls)]


def test_so_many_images_go_at_once_as_the_cache_holds_of_the_largest() -> None:
    assert cut(called(3, 50), called(4, 100), called(5, 125)) == [(3, 5, 4, 1)]  # 10 in three rounds
    assert cut(called(0, 10)) == [(0, 0, 10, 1)]
    assert cut(called(0, 5000)) == [(0, 0, 1, 1)]
    assert cut() == []


def test_more_go_at_once_where_all_that_follows_is_smaller() -> None:
    calls = [called(0, 250), called(1, 60), called(2, 125), called(3, 100), called(4, 30)]
    assert cut(*calls) == [(0, 0, 2, 1), (1, 3, 4, 1), (4, 4, 10, 1)]


def test_calls_with_large_weights_or_another_number_of_images_are_parts_of_their_own() -> None:
    calls = [called(0, 250), called(1, 250, weights=1001), called(2, 250), called(3, 2, images=40)]
    assert cut(*calls) == [(0, 0, 2, 1), (1, 1, 10, 1), (2, 2, 2, 1), (3, 3, 40, 1)]


def test_threads_take_images_where_these_come_out_even(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    assert cut(called(0, 125)) == [(0, 0, 4, 1)]  # five rounds of two would leave a thread idle
    assert cut(called(0, 125, images=16)) == [(0, 0, 2, 2)]
    assert cut(called(0, 125, images=1)) == [(0, 0, 1, 1)]
    assert cut(called(0, 1, images=2)) == [(0, 0, 1, 2)]
    assert cut(called(0, 1, images=16, weights=1001)) == [(0, 0, 16, 1)]
