from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.errors import UsageError
from netdef.model import load_graph
from netdef.pycaffe import mode
from netdef.pycaffe.supply import Supply
from netdef.schema import netdef_pb2 as schema
from tests.pycaffe.conftest import GOLDEN, Write

CPU, FLOAT = torch.device("cpu"), torch.float32
IN_MEMORY = """
layer { name: "m" type: "MemoryData" top: "x" top: "y"
  memory_data_param { batch_size: 2 channels: 1 height: 1 width: 3 } }
layer { name: "i" type: "Input" top: "z" input_param { shape { dim: 5 } } }
"""


def open_supply(path: Path, phase: schema.Phase = schema.TRAIN) -> Supply:
    return Supply(load_graph(str(path), schema.NetState(phase=phase)), path.parent, seed=1, name="n")


@pytest.fixture
def in_memory(write: Write) -> Iterator[Supply]:
    with open_supply(write(IN_MEMORY)) as supply:
        yield supply


def test_arrays_come_round_and_round(in_memory: Supply) -> None:
    (source,) = in_memory.in_memory
    source.set(np.arange(12).reshape(4, 1, 1, 3), [1, 2, 3, 4])
    labels = [in_memory.next().tensors(CPU, FLOAT)["y"].flatten().tolist() for _ in range(3)]
    assert labels == [[1, 2], [3, 4], [1, 2]]
    batch = in_memory.next()
    assert sorted(batch.tensors(CPU, FLOAT)) == ["x", "y"]
    assert batch.tensors(CPU, FLOAT)["x"].shape == (2, 1, 1, 3)
    assert (batch.ordinals, in_memory.positions()) == ({}, {})


def test_new_arrays_begin_at_their_beginning(in_memory: Supply) -> None:
    (source,) = in_memory.in_memory
    source.set(np.zeros((4, 1, 1, 3)), np.arange(4))
    in_memory.next()
    source.set(np.ones((2, 1, 1, 3)), [8, 9])
    assert in_memory.next().arrays["y"].flatten().tolist() == [8, 9]


def test_arrays_that_do_not_fit_are_refused(in_memory: Supply) -> None:
    (source,) = in_memory.in_memory
    with pytest.raises(UsageError, match=r'layer "m" \(MemoryData\) has no arrays yet: .* set_input_arrays'):
        in_memory.next()
    with pytest.raises(UsageError, match=r"takes data of N×1×1×3; these are of \(4, 1, 3\)"):
        source.set(np.zeros((4, 1, 3)), np.zeros(4))
    with pytest.raises(UsageError, match=r"4 records need one label each; the labels are of \(3,\)"):
        source.set(np.zeros((4, 1, 1, 3)), np.zeros(3))
    with pytest.raises(UsageError, match="3 records do not make whole batches of 2"):
        source.set(np.zeros((3, 1, 1, 3)), np.zeros(3))


def test_databases_are_opened_when_they_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shutil.copytree(GOLDEN, tmp_path / "golden"))
    with open_supply(Path("solvers/net.prototxt")) as supply:
        assert supply.positions() == {}
        batch = supply.next()
        assert set(batch.ordinals) == set(supply.positions()) == {"data"}
        rows = len(batch.ordinals["data"])
        assert all(len(tensor) == rows for tensor in batch.tensors(CPU, FLOAT).values())
        assert supply.positions()["data"] == rows


@pytest.fixture
def second_of_three() -> Iterator[None]:
    mode.set_solver_count(3)
    mode.set_solver_rank(1)
    yield
    mode.set_solver_count(1)
    mode.set_solver_rank(0)


@pytest.mark.usefixtures("second_of_three")
@pytest.mark.parametrize(("phase", "step", "first"), [(schema.TRAIN, 3, 1), (schema.TEST, 1, 0)])
def test_each_of_several_solvers_trains_on_its_own_records_and_tests_on_all(
    phase: schema.Phase, step: int, first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shutil.copytree(GOLDEN, tmp_path / "golden"))
    with open_supply(Path("solvers/net.prototxt"), phase) as supply:
        ordinals = np.concatenate([supply.next().ordinals["data"] for _ in range(2)])
    np.testing.assert_array_equal(ordinals, first + step * np.arange(len(ordinals)))
