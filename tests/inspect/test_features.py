from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from netdef.data.datum import parse_datum
from netdef.data.open_source import open_database
from netdef.errors import UsageError
from netdef.inspect.features import extract_features, feature_datum
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, layer
from tests.solver.runs import ArrayBatch

NET = Net(
    graph(
        layer("Input", "", "x", "input_param { shape { dim: 3 dim: 2 dim: 4 dim: 5 } }"),
        layer("Reduction", "x", "sum", "reduction_param { axis: 1 }"),
        layer("Reduction", "x", "total"),
        layer("Reshape", "x", "deep", "reshape_param { shape { dim: 0 dim: 2 dim: 2 dim: 2 dim: 5 } }"),
        phase=schema.TEST,
    )
)


def batch(number: int) -> torch.Tensor:
    return torch.arange(number * 120, number * 120 + 120).float().view(3, 2, 4, 5)


class Batches:
    """Batches of three records, each with numbers of its own."""

    def __init__(self) -> None:
        self.given = -1

    def next(self) -> ArrayBatch:
        self.given += 1
        return ArrayBatch({"x": batch(self.given)}, 0)


def rows(path: Path, backend: str) -> list[tuple[str, tuple[int, int, int], NDArray[np.float32]]]:
    source = open_database(schema.DataParameter(source=str(path), backend=backend.upper()))
    records = [source.read(ordinal) for ordinal in range(len(source))]
    datums = [record.datum() for record in records]
    found = [
        (record.place.split('"')[1], (datum.channels, datum.height, datum.width), np.frombuffer(datum.float_data, "f4"))
        for record, datum in zip(records, datums, strict=True)
    ]
    source.close()
    return found


@pytest.mark.parametrize("backend", ["lmdb", "leveldb"])
def test_every_row_is_a_record(tmp_path: Path, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netdef.inspect.features.COMMIT_ROWS", 4)
    told: list[tuple[str, int]] = []
    databases = {"x": tmp_path / "x", "sum": tmp_path / "sum"}
    extract_features(NET, Batches(), 2, databases, backend=backend, progress=lambda *words: told.append(words))
    values = torch.cat([batch(0), batch(1)])
    found = rows(tmp_path / "x", backend)
    assert [key for key, _, _ in found] == [f"{number:010d}" for number in range(6)]
    assert {shape for _, shape, _ in found} == {(2, 4, 5)}
    assert np.array_equal(np.stack([row for _, _, row in found]), values.flatten(1).numpy())
    sums = rows(tmp_path / "sum", backend)
    assert [(shape, row.tolist()) for _, shape, row in sums] == [((1, 1, 1), [row.sum().item()]) for row in values]
    assert told == [("x", 4), ("sum", 4), ("x", 6), ("sum", 6)]


@pytest.mark.parametrize(("shape", "lengths"), [((), (1, 1, 1)), ((6,), (6, 1, 1)), ((6, 5), (6, 5, 1))])
def test_missing_axes_are_1(shape: tuple[int, ...], lengths: tuple[int, int, int]) -> None:
    datum = parse_datum(feature_datum(np.ones(shape, np.float32)))
    assert datum[:3] == lengths
    assert np.frombuffer(datum.float_data, "f4").tolist() == [1] * int(np.prod(lengths))


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        ("y", 'has no blob "y"; it has: x, sum, total, deep'),
        ("total", 'blob "total" has 0 axes, must have 1 to 4'),
        ("deep", 'blob "deep" has 5 axes, must have 1 to 4, the first that of the records'),
    ],
)
def test_blobs_that_cannot_be_written(tmp_path: Path, blob: str, words: str) -> None:
    databases = {"x": tmp_path / "x", blob: tmp_path / "blob"}
    with pytest.raises(UsageError, match=words):
        extract_features(NET, Batches(), 1, databases, backend="lmdb", progress=lambda *words: None)
    assert not list(tmp_path.iterdir())
