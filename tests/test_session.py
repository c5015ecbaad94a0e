from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch

from netdef.errors import DataError, SnapshotError, UsageError, WeightsError
from netdef.prototxt.edit import assign
from netdef.prototxt.tree import Message
from netdef.session import open_training, snapshot_prefix
from netdef.solver.snapshot import read
from tests.recurrent import register
from tests.trainings import BATCH, NET, Record, state, write_run

TYPES = {
    "SGD": "momentum: 0.9",
    "Nesterov": "momentum: 0.9",
    "AdaGrad": "",
    "RMSProp": "rms_decay: 0.9",
    "AdaDelta": "momentum: 0.95 delta: 1e-6",
    "Adam": "momentum: 0.9 momentum2: 0.99",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    return tmp_path


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("netdef")}


@pytest.mark.parametrize("form", ["BINARYPROTO", "HDF5"])
@pytest.mark.parametrize("kind", TYPES)
def test_a_run_that_was_broken_off_goes_on_to_the_same_bits(folder: Path, kind: str, form: str) -> None:
    solver = write_run(folder, f'type: "{kind}" {TYPES[kind]} random_seed: 5 snapshot_format: {form}')
    with open_training(solver) as straight:
        whole = Record(straight)
        whole.run(straight.solver.solve())
    with open_training(solver) as broken_off:
        first = Record(broken_off)
        first.run(broken_off.solver.step(6))
        _, path = broken_off.snapshot()
    with open_training(solver, snapshot=path) as resumed:
        rest = Record(resumed)
        assert resumed.solver.iteration == 6
        rest.run(resumed.solver.solve())
    assert state(resumed) == state(straight)
    assert first.losses + rest.losses == whole.losses
    assert first.tests + rest.tests == whole.tests
    assert first.batches + rest.batches == whole.batches
    assert 10 * BATCH > 4 * 7  # the database has been gone through more than four times


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


def test_a_drawn_seed_is_saved_and_a_resumed_run_uses_it(folder: Path) -> None:
    solver = write_run(folder, "momentum: 0.9")
    with open_training(solver) as one, open_training(solver) as other:
        assert one.seed != other.seed
        assert one.net.seed == one.seed
        list(one.solver.step(2))
        _, path = one.snapshot()
        with open_training(solver, snapshot=path) as resumed:
            assert resumed.seed == resumed.net.seed == one.seed
            assert next(iter(resumed.solver.step(1))) == next(iter(one.solver.step(1)))


def test_the_files_seed_counts_more_than_the_snapshots(folder: Path) -> None:
    solver = write_run(folder, "momentum: 0.9 random_seed: 5")
    with open_training(solver) as training:
        _, path = training.snapshot()
    with open_training(write_run_again(solver, "random_seed: 5", "random_seed: 8"), snapshot=path) as resumed:
        assert resumed.seed == 8


def write_run_again(solver: Path, old: str, new: str) -> Path:
    text = solver.read_text()
    assert old in text
    solver.write_text(text.replace(old, new))
    return solver


def test_hidden_state_is_saved(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    remembering = (
        'layer { name: "h" type: "Remembering" bottom: "label" top: "h" } layer { type: "Silence" bottom: "h" }'
    )
    solver = write_run(folder, net=NET + remembering)
    with open_training(solver) as straight:
        list(straight.solver.step(3))
        _, path = straight.snapshot()
        with open_training(solver, snapshot=path) as resumed:
            one, other = (
                training.net({"data": torch.ones(3, 3, 5, 5), "label": torch.tensor([0.0, 1, 2])}, keep=["h"])
                for training in (straight, resumed)
            )
    assert one.blobs["h"].tolist() == other.blobs["h"].tolist()
    assert one.blobs["h"].tolist() != [0, 2, 4]


def test_a_layer_that_is_frozen_when_a_run_is_resumed_is_not_moved_by_its_momentum(folder: Path) -> None:
    solver = write_run(folder, "momentum: 0.9 random_seed: 5")
    with open_training(solver) as training:
        list(training.solver.step(3))
        _, path = training.snapshot()

    def freeze(tree: Message) -> None:
        assign(tree, "layer[conv].in_group", '"still"')
        assign(tree, "layer_group.name", '"still"')
        assign(tree, "layer_group.freeze", "true")

    with open_training(solver, snapshot=path, edit_net=freeze) as frozen:
        before = [blob.clone() for blob in frozen.net.blobs_of("conv")]
        moving = frozen.net.blobs_of("ip")[0].detach().clone()
        list(frozen.solver.step(2))
    torch.testing.assert_close(frozen.net.blobs_of("conv"), before, rtol=0, atol=0)
    assert not torch.equal(frozen.net.blobs_of("ip")[0], moving)


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
    write_run_again(solver, "momentum", 'weights: "nowhere.caffemodel" momentum')
    with pytest.raises(WeightsError, match=r"nowhere\.caffemodel"):
        open_training(solver)
    open_training(solver, weights=str(first)).__exit__(None, None, None)
    open_training(solver, snapshot=state_path).__exit__(None, None, None)
    write_run_again(solver, "nowhere.caffemodel", str(second))
    with open_training(solver) as finetuned:
        assert torch.equal(finetuned.net.blobs_of("ip")[0], training.net.blobs_of("ip")[0])


def test_weights_that_the_solver_names_may_lie_beside_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    solver = write_run(folder)
    with open_training(solver) as training:
        weights, _ = training.snapshot()
    weights.rename(folder / "start.caffemodel")
    write_run_again(solver, "momentum", 'weights: "start.caffemodel" momentum')
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
    write_run_again(folder / "net.prototxt", "test_lmdb", "tset_lmdb")
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
    write_run_again(folder / "net.prototxt", "num_output: 4", "num_output: 6")
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
