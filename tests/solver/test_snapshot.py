from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from google.protobuf import text_format

from netdef.errors import SnapshotError
from netdef.graph.build import build
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.snapshot import newest, probe, read, restore, save
from netdef.weights.file import save_weights
from netdef.weights.state import SolverState

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden"
BINARY, HDF5 = schema.SolverParameter.BINARYPROTO, schema.SolverParameter.HDF5
FORMATS = pytest.mark.parametrize("form", [BINARY, HDF5])


def small_net(outputs: int = 4, seed: int = 0) -> Net:
    text = f"""
        name: "small"
        layer {{ name: "data" type: "Input" top: "data" input_param {{ shape {{ dim: 2 dim: 3 }} }} }}
        layer {{ name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
                 inner_product_param {{ num_output: {outputs} weight_filler {{ type: "xavier" }} }} }}"""
    message = text_format.Parse(text, schema.NetParameter())
    return Net(build(message, schema.NetState(phase=schema.TRAIN)), seed=seed)


def histories(net: Net, kinds: int = 1) -> list[torch.Tensor]:
    return [torch.zeros_like(tensor) for _ in range(kinds) for tensor in net.tensors.values()]


def state(iteration: int, outputs: int = 4) -> SolverState:
    return SolverState(
        iteration=iteration,
        histories=(np.full((outputs, 3), 2, np.float32), np.full(outputs, 5, np.float32)),
        current_step=1,
        seed=17,
    )


@FORMATS
def test_a_saved_pair_is_restored(form: schema.SolverParameter.SnapshotFormat, tmp_path: Path) -> None:
    source, net = small_net(seed=1), small_net()
    weights, path = save(f"{tmp_path}/run", source, state(40), form)
    ending = "" if form == BINARY else ".h5"
    assert weights == tmp_path / f"run_iter_40.caffemodel{ending}"
    assert path == tmp_path / f"run_iter_40.solverstate{ending}"
    mine = histories(net)
    found = restore(path, net, mine)
    assert (found.iteration, found.current_step, found.seed) == (40, 1, 17)
    assert found.learned_net == str(weights)
    assert torch.equal(net.blobs_of("ip")[0], source.blobs_of("ip")[0])
    assert (mine[0] == 2).all()
    assert (mine[1] == 5).all()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("snapshots/*.solverstate*")), ids=lambda path: path.name)
def test_caffes_pairs_are_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    prefix = str(path.relative_to(GOLDEN)).partition("_iter_")[0]
    assert newest(prefix) == path.relative_to(GOLDEN)


def test_weights_are_found_beside_the_state_when_the_folder_was_moved(tmp_path: Path) -> None:
    save(f"{tmp_path}/run", small_net(), state(40))
    moved = tmp_path / "moved"
    moved.mkdir()
    for file in tmp_path.glob("run_*"):
        shutil.move(file, moved)
    assert read(moved / "run_iter_40.solverstate").weights == moved / "run_iter_40.caffemodel"


def test_weights_are_found_by_their_name_where_the_state_names_none(tmp_path: Path) -> None:
    from netdef.weights.solverstate import write_solverstate

    save_weights(small_net(), tmp_path / "x_iter_3.caffemodel.h5")
    write_solverstate(state(3), tmp_path / "x_iter_3.solverstate.h5")
    assert read(tmp_path / "x_iter_3.solverstate.h5").weights == tmp_path / "x_iter_3.caffemodel.h5"


def test_missing_weights_are_told_with_the_places(tmp_path: Path) -> None:
    weights, path = save(f"{tmp_path}/run", small_net(), state(40))
    weights.unlink()
    with pytest.raises(SnapshotError, match=r"weights are missing; looked for .*run_iter_40\.caffemodel"):
        read(path)


@FORMATS
def test_the_newest_is_that_of_the_highest_iteration(
    form: schema.SolverParameter.SnapshotFormat, tmp_path: Path
) -> None:
    prefix = f"{tmp_path}/run"
    for iteration in (1000, 90, 900):
        save(prefix, small_net(), state(iteration), form)
    save(f"{tmp_path}/run_other", small_net(), state(5000))
    found = newest(prefix)
    assert found is not None
    assert found.name.startswith("run_iter_1000.solverstate")


def test_pairs_that_are_not_whole_are_passed_over_and_told(tmp_path: Path) -> None:
    prefix = f"{tmp_path}/run"
    pairs = {iteration: save(prefix, small_net(), state(iteration)) for iteration in (10, 20, 30, 40)}
    pairs[20][0].write_bytes(pairs[20][0].read_bytes()[:50])
    pairs[30][0].unlink()
    pairs[40][1].write_bytes(b"")
    said: list[str] = []
    assert newest(prefix, said.append) == tmp_path / "run_iter_10.solverstate"
    assert len(said) == 3
    assert "run_iter_40.solverstate is passed over: " in said[0]
    assert "is empty" in said[0]
    assert "weights are missing" in said[1]
    assert "damaged or cut-off" in said[2]


def test_without_a_pair_there_is_no_newest(tmp_path: Path) -> None:
    assert newest(f"{tmp_path}/run") is None
    assert newest(f"{tmp_path}/nowhere/run") is None


def test_saving_an_iteration_again_takes_the_old_state_away_first(tmp_path: Path) -> None:
    prefix = f"{tmp_path}/run"
    save(prefix, small_net(), state(40))
    (tmp_path / "run_iter_40.caffemodel.tmp").mkdir()
    with pytest.raises(SnapshotError, match=r"run_iter_40\.caffemodel cannot be written: Is a directory"):
        save(prefix, small_net(), state(40))
    assert not (tmp_path / "run_iter_40.solverstate").exists()
    assert newest(prefix) is None


def test_weights_given_as_a_snapshot_are_refused_with_what_was_meant(tmp_path: Path) -> None:
    weights, path = save(f"{tmp_path}/run", small_net(), state(40))
    with pytest.raises(SnapshotError, match=r"is a weights file, not a \.solverstate\n.*--weights") as refused:
        restore(weights, small_net(), [])
    assert f"did you mean {path}?" in str(refused.value)


def test_the_state_of_another_solver_type_is_refused(tmp_path: Path) -> None:
    _, path = save(f"{tmp_path}/run", small_net(), state(40))
    net = small_net()
    with pytest.raises(
        SnapshotError, match=r"2 histories, but the solver has 4 for its net of 2 parameters\n.*another type"
    ):
        restore(path, net, histories(net, kinds=2))


def test_the_state_of_another_net_is_refused(tmp_path: Path) -> None:
    one = replace(state(40), histories=state(40).histories * 3)
    _, path = save(f"{tmp_path}/run", small_net(), one)
    with pytest.raises(SnapshotError, match=r"6 histories, but the solver has 2.*\n +it was saved from another net"):
        restore(path, small_net(), histories(small_net()))


def test_histories_of_other_shapes_are_listed_and_nothing_changes(tmp_path: Path) -> None:
    _, path = save(f"{tmp_path}/run", small_net(outputs=7, seed=1), state(40, outputs=7))
    net = small_net()
    before = net.blobs_of("ip")[0].detach().clone()
    with pytest.raises(SnapshotError) as refused:
        restore(path, net, histories(net))
    assert str(refused.value).splitlines()[1:] == [
        '    layer "ip", blob 0: 7×3 in the snapshot, 4×3 in the net',
        '    layer "ip", blob 1: 7 in the snapshot, 4 in the net',
    ]
    assert torch.equal(net.blobs_of("ip")[0], before)


def test_weights_that_do_not_fit_are_refused_before_the_histories_change(tmp_path: Path) -> None:
    _, path = save(f"{tmp_path}/run", small_net(outputs=7), state(40))
    net = small_net()
    mine = histories(net)
    with pytest.raises(SnapshotError, match=r'run_iter_40\.solverstate: .* does not fit net "small"'):
        restore(path, net, mine)
    assert all(not tensor.any() for tensor in mine)


def test_the_probe_makes_the_folder_and_leaves_it_empty(tmp_path: Path) -> None:
    probe(f"{tmp_path}/new/folder/run")
    assert list((tmp_path / "new/folder").iterdir()) == []


def test_the_probe_works_where_the_prefix_has_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    probe("run")
    assert list(tmp_path.iterdir()) == []


def test_the_probe_refuses_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        SnapshotError, match=r"no snapshot can be written to .*file.*: Not a directory\n +set snapshot_prefix"
    ):
        probe(f"{tmp_path}/file/folder/run")


def test_the_probe_clears_away_what_a_killed_run_left(tmp_path: Path) -> None:
    save(f"{tmp_path}/run", small_net(), state(40))
    names = {path.name for path in tmp_path.iterdir()}
    for name in ("run_iter_50.caffemodel.tmp", "run_iter_50.solverstate.h5.tmp"):
        (tmp_path / name).touch()
    (tmp_path / "other_iter_50.caffemodel.tmp").touch()
    probe(f"{tmp_path}/run")
    assert {path.name for path in tmp_path.iterdir()} == {*names, "other_iter_50.caffemodel.tmp"}


def test_after_a_kill_every_pair_is_whole(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("killed_saver.py")), f"{tmp_path}/run", "15"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert output.returncode == 0, output.stderr
    rounds = [json.loads(line) for line in output.stdout.splitlines()]
    assert len(rounds) == 15
    assert any(found["pairs"] for found in rounds)
    for found in rounds:
        assert found["newest"] == bool(found["pairs"])
        assert all(len(stamps) == 1 for stamps in found["pairs"]), found
