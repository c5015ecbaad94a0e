from __future__ import annotations

import pytest
import torch

from netdef.graph.graph import Value
from netdef.graph.plan import Piece
from netdef.module import parts
from tests.compiled import needs_kernels
from tests.graph.texts import layer
from tests.recordings import recorded

# 35 places of 4 numbers for each of two images: two blobs are there at a time, and the last is returned.
DEEP = [layer("LRN", bottom, top, "lrn_param { local_size: 3 }") for bottom, top in ("xa", "ab", "bc", "cd")]
BLOB = 35 * 4
ROOM = -(-BLOB // 16) * 16


def name(piece: Piece) -> str:
    assert isinstance(piece.content, Value)
    return piece.content.name


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)


@needs_kernels
def test_what_lies_between_kernels_shares_memory() -> None:
    assert recorded(*DEEP).arena == 2 * (-(-2 * BLOB // 16) * 16)


@needs_kernels
def test_there_is_room_for_as_many_images_as_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "CACHE", 3 * BLOB * 4)
    assert recorded(*DEEP).arena == 2 * ROOM


@needs_kernels
def test_blobs_of_others_and_for_others_have_memory_of_their_own() -> None:
    ((stretch, _),) = recorded(*DEEP).items
    assert not isinstance(stretch, int)
    assert [given.blob for given in stretch.given.values()] == ["x"]
    assert [*stretch.made.values()] == [2 * BLOB]
    assert [*map(name, stretch.shown)] == ["d"]


@needs_kernels
def test_only_what_was_ever_there_is_forgotten() -> None:
    assert [dead for _, dead in recorded(*DEEP).items] == [[]]
    found = recorded(
        DEEP[0], DEEP[1], layer("Sigmoid", "b", "s"), layer("LRN", "s", "n", "lrn_param { local_size: 3 }")
    )
    assert [[*map(name, dead)] for _, dead in found.items] == [[], ["b"], []]


@needs_kernels
def test_each_thread_that_takes_images_has_memory_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    found = recorded(*DEEP)
    assert (found.arena, found.common) == (2 * 2 * ROOM, 0)


@needs_kernels
def test_what_several_parts_work_on_is_there_for_all_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "CACHE", 3 * BLOB * 4)
    pooled = layer("Pooling", "a", "p", "pooling_param { kernel_size: 3 stride: 2 }")
    found = recorded(DEEP[0], pooled, layer("LRN", "p", "n", "lrn_param { local_size: 3 }"))
    assert found.common == -(-2 * BLOB // 16) * 16  # what is normalized one by one, and pooled at once
