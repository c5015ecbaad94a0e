from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from netdef.data.ahead import Ahead, ahead_on
from netdef.data.feed import Feed
from netdef.data.lane import SameLane, Tensors
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import data_layer, write_pictures

CPU = torch.device("cpu")
BATCH = 3


@pytest.fixture
def database(tmp_path: Path) -> Path:
    write_pictures(tmp_path / "lmdb", 7)
    return tmp_path / "lmdb"


def feed(database: Path, start: int = 0) -> Feed:
    layer = data_layer(database, BATCH, "crop_size: 5 mirror: true scale: 0.5 mean_value: 100")
    return Feed([layer], schema.TRAIN, seed=3, start={layer.name: start})


def ahead(feed: Feed) -> Ahead:
    return Ahead(feed, CPU, torch.float32, SameLane())


def numbers(batches: Feed | Ahead, count: int) -> Iterator[tuple[Tensors, list[int]]]:
    for _ in range(count):
        batch = batches.next()
        (ordinals,) = batch.ordinals.values()
        yield dict(batch.tensors(CPU, torch.float32)), ordinals.tolist()


def test_batches_are_those_of_the_feed(database: Path) -> None:
    with feed(database) as plain, feed(database) as other:
        for (mine, own), (its, others) in zip(numbers(ahead(other), 5), numbers(plain, 5), strict=True):
            assert own == others
            torch.testing.assert_close(mine, its, rtol=0, atol=0)


def test_positions_are_those_of_the_batches_given(database: Path) -> None:
    with feed(database) as plain, feed(database) as other:
        batches = ahead(other)
        assert batches.positions() == plain.positions()
        for _ in range(3):
            batches.next()
            plain.next()
            assert batches.positions() == plain.positions()
        (position,) = batches.positions().values()
    with feed(database, position) as resumed:
        ((_, ordinals),) = numbers(ahead(resumed), 1)
    assert ordinals == [9, 10, 11]


def test_memory_of_the_host_is_held_until_a_batch_has_arrived(database: Path) -> None:
    finished: list[bool] = []

    with feed(database) as other:
        batches = ahead(other)
        first = batches.next()
        first.finished = lambda: bool(finished)  # type: ignore[method-assign]
        batches.next()
        assert len(batches._given) == 2
        finished.append(True)
        batches.next()
        assert first not in batches._given


def test_closing_closes_the_feed(database: Path) -> None:
    other = feed(database)
    ahead(other).close()
    with pytest.raises(Exception, match="the feed is closed"):
        other.next()


def test_only_feeds_that_go_to_a_gpu_go_ahead(database: Path) -> None:
    with feed(database) as other:
        told: list[object] = []
        other.make_for = lambda *wanted: told.append(wanted)  # type: ignore[method-assign]
        assert ahead_on(CPU, torch.float32, other) is other
        assert told == [(CPU, torch.float32)]
        assert ahead_on(torch.device("cuda"), torch.float32, 7) == 7


def test_a_gpu_computes_what_the_cpu_does(database: Path, device: str) -> None:
    if device != "cuda":
        pytest.skip("needs a GPU: --device cuda")
    with feed(database) as plain, feed(database) as other:
        batches = ahead_on(torch.device("cuda:0"), torch.float32, other)
        for _, (wanted, _) in zip(range(5), numbers(plain, 5), strict=True):
            found = batches.next().tensors(torch.device("cuda:0"), torch.float32)
            torch.testing.assert_close({name: tensor.cpu() for name, tensor in found.items()}, wanted)
