from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from torch.distributed import HashStore, Store  # type: ignore[attr-defined]

from netdef.errors import WorkerError
from netdef.parallel.meeting import meet

PATIENCE = 20.0  # seconds


def met(store: Store, count: int) -> set[str]:
    """The words that so many workers have who come at the same time."""
    with ThreadPoolExecutor(count) as pool:
        begun = [pool.submit(meet, store, rank, count, PATIENCE) for rank in reversed(range(count))]
        return {done.result() for done in begun}


def test_all_workers_of_a_start_have_one_word_and_those_of_the_next_another() -> None:
    store = HashStore()
    first, second = met(store, 3), met(store, 3)
    assert len(first) == len(second) == 1
    assert first != second
    assert len(met(store, 2)) == 1  # with fewer workers


def test_who_is_missing_is_named_and_who_is_gone_does_not_count() -> None:
    store = HashStore()
    met(store, 4)
    store.set_timeout(timedelta(seconds=0.2))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(meet, store, 2, 4, PATIENCE)
        with pytest.raises(WorkerError, match=r"no word of worker 1, 3$"):
            meet(store, 0, 4, 0.3)
