from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netdef.cli.whole_set import whole_set
from netdef.data.feed import Feed
from netdef.errors import UsageError
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import data_layer, write_pictures


def feed(*layers: schema.LayerParameter) -> Feed:
    return Feed(layers, schema.TEST, seed=0)


@pytest.mark.parametrize(
    ("size", "rows"), [(3, [[0, 1, 2], [3, 4, 5], [6]]), (7, [list(range(7))]), (9, [list(range(7))])]
)
def test_each_record_comes_once_and_the_last_batch_is_cut(tmp_path: Path, size: int, rows: list[list[int]]) -> None:
    database = write_pictures(tmp_path / "db", 7)
    with feed(data_layer(database, size)) as batches:
        found = [
            (batch.ordinals["data"].tolist(), batch.tensors(torch.device("cpu"), torch.float32))
            for batch in whole_set(batches)
        ]
    assert [ordinals for ordinals, _ in found] == rows
    assert [tensors["label"].tolist() for _, tensors in found] == rows
    assert [len(tensors["data"]) for _, tensors in found] == [len(each) for each in rows]


def test_layers_of_unequal_numbers_of_records_are_refused(tmp_path: Path) -> None:
    one, other = (data_layer(write_pictures(tmp_path / f"db{count}", count), 2) for count in (3, 5))
    other.name = "other"
    with feed(one, other) as batches, pytest.raises(UsageError) as caught:
        list(whole_set(batches))
    assert str(caught.value) == (
        'the net has no one number of records to go through: layer "data" has 3, layer "other" has 5; give --iterations'
    )


def test_a_net_without_data_is_refused() -> None:
    with feed() as batches, pytest.raises(UsageError, match="it has no data layer; give --iterations"):
        list(whole_set(batches))
