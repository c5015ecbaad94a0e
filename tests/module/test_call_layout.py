from __future__ import annotations

import pytest

from netdef.graph.graph import Value
from netdef.graph.plan import Piece
from netdef.module import parts
from tests.compiled import needs_kernels
from tests.graph.texts import layer
from tests.module.test_recording import recorded

# 35 places of 4 numbers for each of two images: two blobs are there at a time, and the last is returned.
DEEP = [layer("LRN", bottom, top, "lrn_param { local_size: 3 }") for bottom, top in ("xa", "ab", "bc", "cd")]
BLOB = 35 * 4
ROOM = -(-BLOB // 16) * 16


def name(piece: Piece) -> str:
    assert isinstance(piece.content, Value)
    return piece.content.name


@needs_kernels
def test_what_lies_between_kernels_shares_memory() -> None:
    assert recorded(*DEEP).arena == 2 * (-(-2 * BLOB // 16) * 16)


@needs_kernels
def test_there_is_room_for_as_many_images_as_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "CACHE", 3 * BLOB * 4)
    assert recorded(*DEEP).arena == 2 * ROOM


@needs_kernels
def test_blobs_of_others_and_for_others_have_memory_of_their_own() -> None:
    ((stretch, dead),) = recorded(*DEEP).items
    assert not isinstance(stretch, int)
    assert [given.blob for given in stretch.given.values()] == ["x"]
    assert [*stretch.made.values()] == [2 * BLOB]
    assert [*map(name, stretch.shown)] == ["d"]
    assert [*map(name, dead)] == ["x", "a", "b", "c"]
