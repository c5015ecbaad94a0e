from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch

from netdef.draw.worker_exchange import worker_exchange
from netdef.errors import UsageError
from netdef.parallel.crew import crew_of
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_solver, unchanged
from netdef.solver.crew import Crew
from netdef.solver.graphs import build_graphs
from netdef.solver.workers import Workers
from tests.graph.texts import IMAGES, LABELS, graph, inner_product
from tests.nets import LOSS
from tests.parallel.groups import group_of_one
from tests.parallel.runs import ITERATIONS, alone, furthest, journal, numbers, once, state, weights, words
from tests.parallel.split_runs import FEW, GROUP

T = TypeVar("T")
CLOSE = 1e-5
GROUPED = (GROUP, IMAGES, LABELS, inner_product("x", "y", 4, 'in_group: "split"'), LOSS)
UNGROUPED = (IMAGES, LABELS, inner_product("x", "y", 4), LOSS)


def assert_equal(run: Path, one: Path, iterations: int = ITERATIONS) -> None:
    """Compare losses, test results, weights and histories of two runs."""
    assert len(numbers(run)) > 4 * iterations
    assert np.abs(np.subtract(numbers(run), numbers(one))).max() < CLOSE
    assert furthest(weights(run, iterations), weights(one, iterations)) < CLOSE
    assert furthest(list(state(run, iterations).histories), list(state(one, iterations).histories)) < CLOSE
    assert state(run, iterations).positions == state(one, iterations).positions


def test_two_workers_train_as_one_process(of_two: Path, of_one: Path) -> None:
    assert_equal(of_two / "split", of_one / "split")


def test_four_workers_train_as_one_process(of_four: Path, of_one: Path) -> None:
    assert_equal(of_four / "split_by_four", of_one / "split")


def test_every_learned_layer_may_be_split_also_tied_ones_and_batches_come_in_turns(of_two: Path, of_one: Path) -> None:
    """With Adam, which has two histories, and clipped gradients, whose norm is over all parts."""
    assert_equal(of_two / "every", of_one / "every", FEW)
    learned = len(weights(of_one / "every", FEW)) - 2  # a file has what twins share twice
    assert len(state(of_two / "every", FEW).histories) == 2 * learned


def test_layers_behind_batch_statistics_may_be_split(of_two: Path, of_one: Path) -> None:
    assert_equal(of_two / "behind", of_one / "behind", FEW)


def test_weights_are_cut_when_they_are_loaded(of_two: Path, of_one: Path) -> None:
    assert_equal(of_two / "finetuned", of_one / "finetuned", FEW)


def test_four_workers_go_on_where_two_were(of_four: Path, of_one: Path) -> None:
    run, one = of_four / "resumed_split", of_one / "split"
    assert furthest(weights(run), weights(one)) < CLOSE
    assert furthest(list(state(run).histories), list(state(one).histories)) < CLOSE


def test_one_process_goes_on_where_two_workers_were(place: Path, files: Path, of_two: Path, of_one: Path) -> None:
    def make(folder: Path) -> None:
        shutil.copytree(files, folder, dirs_exist_ok=True)
        (folder / "split").mkdir()
        for path in (of_two / "split").glob("net_iter_20.*"):
            shutil.copy(path, folder / "split")
        alone(folder, *words("split", "split", "--snapshot", "latest"))

    run, one = once(place / "resumed_by_one", make) / "split", of_one / "split"
    assert furthest(weights(run), weights(one)) < CLOSE
    assert furthest(list(state(run).histories), list(state(one).histories)) < CLOSE


def test_a_snapshot_is_the_ordinary_one(of_two: Path, of_one: Path) -> None:
    found, expected = weights(of_two / "split", 20), weights(of_one / "split", 20)
    assert [blob.shape for blob in found] == [blob.shape for blob in expected]
    assert furthest(found, expected) < CLOSE


def on_paper(folder: Path, net: str, workers: int) -> tuple[int | None, int | None]:
    """What comes to a worker in a step of the solver's batch: of gradients, and of blobs with the records' numbers."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        graphs = build_graphs(load_solver(f"{net}_solver.prototxt"), unchanged, workers)
    finally:
        os.chdir(before)
    step = worker_exchange(graphs.train.graph, workers).step
    return step.gradients, (step.blobs or 0) + (step.ordinals or 0)


@pytest.mark.parametrize(
    ("made_by", "run", "net", "workers", "turns"),
    [
        ("of_two", "split", "split", 2, 1),
        ("of_two", "every", "every", 2, 2),  # iter_size: blobs come in every pass, gradients in the last one
        ("of_two", "plain", "plain", 2, 1),
        ("of_four", "split_by_four", "split", 4, 1),
    ],
)
def test_the_bytes_counted_are_those_on_paper(
    made_by: str, run: str, net: str, workers: int, turns: int, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(made_by)
    gradients, blobs = on_paper(folder, net, workers)
    (counted,) = journal(folder / run, "bytes")
    assert counted["gradients_per_iteration"] == gradients
    assert counted["blobs_per_iteration"] == turns * (blobs or 0)
    assert (gradients == 0) == (net == "every")


def test_the_log_tells_the_bytes(of_two: Path) -> None:
    assert "come to each worker in an iteration: " in (of_two / "told").read_text()


class OneOfTwo(Workers):
    """A worker of which nobody hears."""

    rank, count = 0, 2

    def gather(self, own: T) -> list[T]:
        return [own, own]


def crew_of_two() -> Crew:
    with group_of_one():
        return crew_of(OneOfTwo())


def test_nets_that_are_cut_otherwise_are_refused() -> None:
    crew, layers = crew_of_two(), graph(*GROUPED)
    net = crew.make_net(layers, seed=0, device=torch.device("cpu"))
    with pytest.raises(
        UsageError, match="shard cuts every layer, and over_workers in a layer_group splits some: use one"
    ):
        crew.make_replica(net, schema.SolverParameter(shard=True))
    for more in ({"devices": ["cpu:0"]}, {"micro_batches": 2}):
        with pytest.raises(UsageError, match="leave out --devices and --micro-batches"):
            crew.make_net(layers, seed=0, device=torch.device("cpu"), **more)


def test_without_such_a_group_nothing_is_split() -> None:
    net = crew_of_two().make_net(graph(*UNGROUPED), seed=0, device=torch.device("cpu"), micro_batches=1)
    assert net.exchanger is None
