from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch

from netdef.errors import DataError, SnapshotError, UsageError, WeightsError
from netdef.prototxt.edit import assign
from netdef.session import open_training, snapshot_prefix
from netdef.solver.snapshot import read
from tests.trainings import BATCH, NET, Record, write_run, written_again


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    return tmp_path


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("netdef")}


def test_prefetched_records_are_not_consumed_ones(folder: Path) -> None:
    solver = write_run(folder)
    with open_training(solver) as training:
        list(training.solver.step(5))
        _, path = training.snapshot()
    assert read(path).state.positions == {("train", "pictures"): 5 * BATCH, ("test0", "pictures"): 2 * 2 * 2}


def test_everything_random_differs_from_one_record_to_the_next(folder: Path) -> None:
    with open_training(write_run(folder)) as training:
        record = Record(training)
        record.run(training.solver.step(7))
    batches = [batch[:-BATCH] for batch in record.batches if len(batch) == BATCH * (3 * 5 * 5 + 1)]
    per_record = [tuple(batch[i * 75 : (i + 1) * 75]) for batch in batches for i in range(BATCH)]
    assert len(set(per_record)) > 7  # seven pictures: more than seven views of them


def test_test_nets_share_what_the_train_net_learns(folder: Path) -> None:
    with open_training(write_run(folder)) as training:
        (test,) = training.solver.tests
        shared = [(layer, blob) for layer in ("conv", "bn", "ip") for blob in training.net.blobs_of(layer)]
        assert len(shared) == 7
        assert all(any(blob is other for other in test.net.blobs_of(layer)) for layer, blob in shared)


def test_a_run_begins_with_the_weights_that_are_asked_for(folder: Path) -> None:
    solver = write_run(folder)
    with open_training(solver) as training:
        list(training.solver.step(2))
        weights, state_path = training.snapshot()
    learned = training.net.blobs_of("conv")[0]
    with open_training(solver, weights=str(weights)) as finetuned:
        assert torch.equal(finetuned.net.blobs_of("conv")[0], learned)
        assert finetuned.solver.iteration == 0
        assert finetuned.finetuned is not None
        assert [entry.layer for entry in finetuned.finetuned.loaded] == ["conv", "bn", "ip"]
    with open_training(solver, snapshot=state_path) as resumed:
        assert resumed.finetuned is None


def test_several_weights_are_loaded_one_over_the_other(folder: Path) -> None:
    solver = write_run(folder)
    saved = []
    for steps in (1, 2):
        with open_training(solver) as training:
            list(training.solver.step(steps))
            saved.append(training.snapshot()[0])
    with open_training(solver, weights=",".join(map(str, saved))) as finetuned:
        assert torch.equal(finetuned.net.blobs_of("ip")[0], training.net.blobs_of("ip")[0])


def test_weights_that_the_solver_names_are_used_unless_others_are_asked_for(folder: Path) -> None:
    solver = write_run(folder)
    with open_training(solver) as training:
        list(training.solver.step(1))
        first, _ = training.snapshot()
        list(training.solver.step(1))
        second, state_path = training.snapshot()
    written_again(solver, "momentum", 'weights: "nowhere.caffemodel" momentum')
    with pytest.raises(WeightsError, match=r"nowhere\.caffemodel"):
        open_training(solver)
    open_training(solver, weights=str(first)).__exit__(None, None, None)
    open_training(solver, snapshot=state_path).__exit__(None, None, None)
    written_again(solver, "nowhere.caffemodel", str(second))
    with open_training(solver) as finetuned:
        assert torch.equal(finetuned.net.blobs_of("ip")[0], training.net.blobs_of("ip")[0])


def test_weights_that_the_solver_names_may_lie_beside_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    solver = write_run(folder)
    with open_training(solver) as training:
        weights, _ = training.snapshot()
    weights.rename(folder / "start.caffemodel")
    written_again(solver, "momentum", 'weights: "start.caffemodel" momentum')
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    with open_training(solver) as finetuned:
        assert finetuned.finetuned is not None


def test_edits_change_solver_and_net(folder: Path) -> None:
    with open_training(
        write_run(folder),
        edit_solver=lambda tree: assign(tree, "base_lr", "0.5"),
        edit_net=lambda tree: assign(tree, "layer[ip].inner_product_param.num_output", "9"),
    ) as training:
        assert training.options.base_lr == 0.5
        assert training.net.blobs_of("ip")[0].shape[0] == 9


def test_level_and_stages_are_added_to_the_train_nets_state(folder: Path) -> None:
    rules = 'include { min_level: 2 stage: "a" stage: "b" }'
    net = f'{NET} layer {{ name: "extra" type: "ReLU" bottom: "ip" top: "extra" {rules} }}'
    solver = write_run(folder, 'random_seed: 5 train_state { stage: "a" }', net=net)
    with open_training(solver, level=2, stages=["b"]) as training:
        assert training.net.graph.nodes[-1].name == "extra"
        assert all(node.name != "extra" for node in training.solver.tests[0].net.graph.nodes)


def test_without_a_level_that_of_the_net_holds(folder: Path) -> None:
    extra = 'layer { name: "extra" type: "ReLU" bottom: "ip" top: "extra" include { min_level: 3 } }'
    with open_training(write_run(folder, net=f"{NET} state {{ level: 3 }} {extra}")) as training:
        assert training.net.graph.nodes[-1].name == "extra"


def test_updates_stay_in_the_gradients_if_they_are_asked_for(folder: Path) -> None:
    with open_training(write_run(folder), keep_updates=True) as training:
        (bias,) = (training.net.blobs_of("ip")[1],)
        before = bias.detach().clone()
        list(training.solver.step(1))
        assert bias.grad is not None
        torch.testing.assert_close(bias.detach(), before - bias.grad)


def test_a_missing_database_is_named_and_no_thread_stays(folder: Path) -> None:
    solver = write_run(folder)
    written_again(folder / "net.prototxt", "test_lmdb", "tset_lmdb")
    with pytest.raises(DataError) as caught:
        open_training(solver)
    assert str(caught.value).startswith('net.prototxt:8:1: layer "pictures" (Data): tset_lmdb: no such database')
    assert threads() == set()


def test_a_net_that_waits_for_arrays_cannot_be_trained(folder: Path) -> None:
    head = 'layer { name: "in" type: "Input" top: "label" input_param { shape { dim: 3 } } include { phase: TRAIN } }\n'
    net = head + NET.replace(
        'top: "data" top: "label" include { phase: TRAIN }', 'top: "data" include { phase: TRAIN }'
    )
    with pytest.raises(UsageError) as caught:
        open_training(write_run(folder, net=net))
    assert 'net.prototxt:1:1: layer "in" (Input) has no data of its own' in str(caught.value)
    assert threads() == set()


def test_a_snapshot_of_another_net_is_refused_and_no_thread_stays(folder: Path) -> None:
    solver = write_run(folder)
    with open_training(solver) as training:
        _, path = training.snapshot()
    written_again(folder / "net.prototxt", "num_output: 4", "num_output: 6")
    with pytest.raises(SnapshotError, match='layer "conv"'):
        open_training(solver, snapshot=path)
    assert threads() == set()


def test_threads_end_with_the_block(folder: Path) -> None:
    with open_training(write_run(folder)) as training:
        list(training.solver.step(1))
        assert threads()
    assert threads() == set()


def test_the_run_folder_is_that_of_the_snapshots(folder: Path) -> None:
    with open_training(write_run(folder)) as training:
        assert training.folder == Path("run")
        weights, path = training.snapshot()
    assert (weights, path) == (Path("run/tiny_iter_0.caffemodel"), Path("run/tiny_iter_0.solverstate"))


@pytest.mark.parametrize(
    ("given", "prefix"),
    [
        ("", "solvers/lenet"),
        ("runs/a", "runs/a"),
        ("here", "here/lenet"),  # a folder that is there
        ("not/yet/", "not/yet/lenet"),
        ("here/", "here/lenet"),
    ],
)
def test_snapshots_go_where_the_prefix_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, prefix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    assert snapshot_prefix(given, Path("solvers/lenet.prototxt")) == prefix
