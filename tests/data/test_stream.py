from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from netdef.data.batch import Ordinals
from netdef.data.loader import Task
from netdef.data.stream import Share, Stream
from netdef.errors import DataError


class CountingPart:
    def __init__(self, ordinals: Ordinals) -> None:
        self.ordinals = ordinals
        self.full = False

    def tensors(self, device: torch.device | str, dtype: torch.dtype) -> dict[str, torch.Tensor]:
        return {}


class CountingLoader:
    """A loader without data, which fails from the batch on that holds ordinal ``broken``."""

    batch_size = 3

    def __init__(self, prefetch: int, broken: int = -1) -> None:
        self.prefetch = prefetch
        self.begun = threading.Semaphore(0)
        self.count = 0
        self._broken = broken

    def __len__(self) -> int:
        return 7

    def begin(self, ordinals: Ordinals) -> tuple[CountingPart, list[Task]]:
        part = CountingPart(ordinals)
        self.count += 1
        self.begun.release()

        def fill() -> None:
            if self._broken in ordinals:
                raise DataError(f"record {self._broken} is broken")
            part.full = True

        return part, [fill]

    def close(self) -> None:
        pass


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def test_ranks_share_the_ordinals() -> None:
    assert Share(0, 1).ordinals(5, 3).tolist() == [5, 6, 7]
    assert [Share(rank, 3).ordinals(6, 2).tolist() for rank in range(3)] == [[6, 9], [7, 10], [8, 11]]
    assert [Share(rank, 3).ordinals(7, 2).tolist() for rank in range(3)] == [[9, 12], [7, 10], [8, 11]]


def test_batches_come_filled_and_in_order(pool: ThreadPoolExecutor) -> None:
    stream = Stream(CountingLoader(2), pool, position=6, share=Share(1, 2))
    for first in (7, 13, 19):
        part = stream.ready()
        assert part.ordinals.tolist() == [first, first + 2, first + 4]
        assert isinstance(part, CountingPart)
        assert part.full
        assert stream.position == first - 1
        stream.advance()
    stream.stop_reading()


@pytest.mark.parametrize("prefetch", [1, 4])
def test_as_many_batches_are_made_ahead_as_asked_for(pool: ThreadPoolExecutor, prefetch: int) -> None:
    loader = CountingLoader(prefetch)
    stream = Stream(loader, pool, position=0, share=Share())
    for _ in range(prefetch):
        assert loader.begun.acquire(timeout=10)
    assert not loader.begun.acquire(timeout=0.05)
    stream.ready()
    stream.advance()
    assert loader.begun.acquire(timeout=10)
    stream.stop_reading()
    assert loader.count == prefetch + 1


def test_an_error_comes_when_its_batch_does_and_stays(pool: ThreadPoolExecutor) -> None:
    stream = Stream(CountingLoader(4, broken=5), pool, position=0, share=Share())
    stream.ready()
    stream.advance()
    for _ in range(2):
        with pytest.raises(DataError, match="record 5 is broken"):
            stream.ready()
        assert stream.position == 3
    stream.stop_reading()


@pytest.mark.parametrize(
    ("share", "limit", "batches"),
    [
        (Share(), 7, [[0, 1, 2], [3, 4, 5], [6]]),
        (Share(), 6, [[0, 1, 2], [3, 4, 5]]),
        (Share(), 0, []),
        (Share(0, 2), 7, [[0, 2, 4], [6]]),
        (Share(1, 2), 7, [[1, 3, 5]]),
    ],
)
def test_a_limit_cuts_the_last_batch(
    pool: ThreadPoolExecutor, share: Share, limit: int, batches: list[list[int]]
) -> None:
    stream = Stream(CountingLoader(2), pool, position=0, share=share, limit=limit)
    found = []
    while not stream.ended:
        found.append(stream.ready().ordinals.tolist())
        stream.advance()
    assert found == batches
    assert stream.position <= limit
    stream.stop_reading()


def test_closing_drops_what_was_made_ahead(pool: ThreadPoolExecutor) -> None:
    stream = Stream(CountingLoader(3), pool, position=0, share=Share())
    assert not stream.ended
    stream.stop_reading()
    stream.close()
    assert stream.ended
