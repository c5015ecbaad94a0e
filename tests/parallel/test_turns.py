from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.feed import Feed
from netdef.parallel.turns import Turns
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import data_layer, write_pictures

RECORDS, BATCH, WORKERS = 7, 2, 3


def turns(database: Path, rank: int, first: int) -> Turns:
    layer = data_layer(database, BATCH)
    start = {"data": first}
    feed = Feed([layer], schema.TEST, seed=1, rank=rank, world=WORKERS, whole_batches=True, start=start, threads=1)
    return Turns(feed, rank, WORKERS, start)


@pytest.mark.parametrize("first", [0, 8])
def test_each_batch_is_one_workers_and_as_one_process_has_it(tmp_path: Path, first: int) -> None:
    database = write_pictures(tmp_path / "lmdb", RECORDS)
    own = [turns(database, rank, first) for rank in range(WORKERS)]
    for number in range(8):
        batches = [worker.next() for worker in own]
        assert [rank for rank, batch in enumerate(batches) if batch is not None] == [number % WORKERS]
        taken = next(batch for batch in batches if batch is not None)
        begin = first + number * BATCH
        assert taken.ordinals["data"].tolist() == [begin, begin + 1]
        assert taken.tensors()["label"].tolist() == [begin % RECORDS, (begin + 1) % RECORDS]
        assert [worker.positions() for worker in own] == [{"data": begin + BATCH}] * WORKERS
    for worker in own:
        worker.close()
