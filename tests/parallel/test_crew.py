"""A worker killed in the middle of an epoch."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from netdef.errors import UsageError
from netdef.parallel.crew import crew_of, refuse_common_files
from netdef.solver.crew import Crew
from netdef.solver.workers import ALONE
from tests.graph.texts import graph, layer
from tests.parallel.runs import (
    BATCH,
    ITERATIONS,
    RECORDS,
    furthest,
    given,
    journal,
    numbers,
    once,
    state,
    torchrun,
    weights,
    words,
)

KILLED_AT, SAVED_AT = 27, 20


@pytest.fixture(scope="session")
def restarted(place: Path, files: Path) -> Path:
    """A run whose second worker is killed between two snapshots, and which torchrun starts again."""

    def make(folder: Path) -> None:
        shutil.copytree(files, folder, dirs_exist_ok=True)
        flags = words("plain", "plain", "--snapshot", "latest")
        told = torchrun(folder, 2, flags, options=("--max-restarts", "1"), DIES_AT=str(KILLED_AT))
        (folder / "told").write_text(told)

    return once(place / "restarted", make)


def test_after_a_worker_was_killed_the_run_goes_on_from_the_last_snapshot(restarted: Path, of_one: Path) -> None:
    assert KILLED_AT * BATCH % RECORDS
    assert f"Resuming from plain/net_iter_{SAVED_AT}.solverstate" in (restarted / "told").read_text()
    assert [event["early"] for event in journal(restarted / "plain", "finished")] == [False]
    assert furthest(weights(restarted / "plain"), weights(of_one / "plain")) < 1e-5
    assert state(restarted / "plain").positions == state(of_one / "plain").positions
    last = len(numbers(of_one / "plain")) // 2
    assert np.allclose(numbers(restarted / "plain")[-last:], numbers(of_one / "plain")[-last:], rtol=0, atol=1e-5)


def test_each_record_counts_once_along_the_surviving_history(restarted: Path) -> None:
    taken = given(restarted)
    assert max(iteration for start, iteration, _ in taken if start == 0) in (KILLED_AT, KILLED_AT - 1)
    history = [
        (iteration, ordinal)
        for start, iteration, ordinals in taken
        if start == (iteration >= SAVED_AT)
        for ordinal in ordinals
    ]
    assert sorted(history) == [(ordinal // BATCH, ordinal) for ordinal in range(ITERATIONS * BATCH)]


def test_one_worker_is_a_process_as_any() -> None:
    assert crew_of(ALONE) == Crew(ALONE)


def test_layers_that_write_a_file_are_refused() -> None:
    data = layer("Input", "", "x", "input_param { shape { dim: 2 dim: 3 } }", name="data")
    writer = layer("HDF5Output", "x,x", "", 'hdf5_output_param { file_name: "f.h5" }', name="writer")
    with pytest.raises(UsageError, match=r'layer "writer" \(HDF5Output\): 3 workers would write the same file'):
        refuse_common_files(graph(data, writer), 3)
    refuse_common_files(graph(data), 3)
