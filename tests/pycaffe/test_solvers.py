from __future__ import annotations

import gc
import shutil
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

import netdef.pycaffe as caffe
from netdef.errors import DefinitionError, SnapshotError
from netdef.pycaffe.solvers import SOLVERS, Solver
from tests.goldens.compare import SOLVERS as TOLERANCE
from tests.goldens.compare import check
from tests.pycaffe.conftest import GOLDEN, Write
from tests.pycaffe.texts import LEARNER

CASES = sorted(path.stem for path in GOLDEN.glob("solvers/*.npz"))
OPTIONS = """
net: "{net}"
test_iter: 3 test_interval: 10 base_lr: 0.01 momentum: 0.9 weight_decay: 0.0005 lr_policy: "inv" gamma: 0.0001
power: 0.75 display: 100 max_iter: 12 snapshot_after_train: false snapshot_prefix: "{folder}/model"
"""


@pytest.fixture
def solver_file(write: Write, tmp_path: Path) -> Path:
    net = write(LEARNER)
    return write(OPTIONS.format(net=net, folder=tmp_path), "solver.prototxt")


@pytest.fixture
def solver(solver_file: Path) -> Solver:
    return caffe.get_solver(solver_file)


def parameters(net: caffe.Net) -> dict[str, np.ndarray]:
    return {f"{layer}/{i}": blob.data for layer, blobs in net.params.items() for i, blob in enumerate(blobs)}


@pytest.mark.parametrize("name", CASES)
def test_steps_are_those_of_caffe(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    arrays = dict(np.load(f"solvers/{name}.npz"))
    solver = caffe.get_solver(f"solvers/{name}.prototxt")
    for key, values in parameters(solver.net).items():
        values[...] = arrays[f"init/{key}"]
    for number in range(1, 1 + max(int(key.split("/")[0][4:]) for key in arrays if key.startswith("iter"))):
        if "lr" in arrays:
            check(f"lr of iteration {number}", solver.lr, arrays["lr"][number - 1], TOLERANCE)
        solver.step(1)
        check(f"loss of iteration {number}", solver.net.blobs["loss"].data, arrays["loss"][number - 1], TOLERANCE)
        for key, values in parameters(solver.net).items():
            check(key, values, arrays[f"iter{number}/{key}"], TOLERANCE)
            if f"update{number}/{key}" in arrays:
                layer, index = key.rsplit("/", 1)
                update = solver.net.params[layer][int(index)].diff
                check(f"update of {key}", update, arrays[f"update{number}/{key}"], TOLERANCE)


def test_numbers_follow_from_device_to_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netdef.pycaffe.mode.current_device", lambda: torch.device("cpu:0"))
    for name in ("sgd_fixed", "adam_inv_l2"):
        test_steps_are_those_of_caffe(name, monkeypatch)


def test_solving_ends_at_max_iter(solver: Solver, capsys: pytest.CaptureFixture[str]) -> None:
    assert solver.iter == 0
    solver.solve()
    assert solver.iter == 12
    log = capsys.readouterr().err
    assert "] Iteration 0, Testing net (#0)" in log
    assert "] Optimization Done." in log


def test_the_type_of_the_class_wins(solver_file: Path) -> None:
    assert type(caffe.get_solver(solver_file)) is caffe.SGDSolver
    solver_file.write_text(solver_file.read_text() + 'type: "Nesterov"')
    assert type(caffe.get_solver(solver_file)) is caffe.NesterovSolver
    assert caffe.SGDSolver(solver_file).param.type == "SGD"
    assert {solver.__name__ for solver in SOLVERS} == {
        f"{name}Solver" for name in ("SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam")
    }


def test_updates_can_be_applied_by_hand(solver: Solver) -> None:
    weights = solver.net.params["ip"][0]
    before = weights.data.copy()
    weights.diff[...] = 1
    rate = solver.lr
    solver.apply_update()
    assert solver.iter == 1
    np.testing.assert_allclose(before - weights.data, rate * (1 + 0.0005 * before), rtol=1e-4)
    np.testing.assert_allclose(weights.diff, before - weights.data, rtol=1e-3, atol=1e-6)


def test_test_nets_have_the_weights_of_the_trained_one(solver: Solver) -> None:
    (test_net,) = solver.test_nets
    for layer in ("conv", "ip"):
        for mine, theirs in zip(solver.net.params[layer], test_net.params[layer], strict=True):
            assert np.shares_memory(mine.data, theirs.data)
    solver.step(1)
    test_net.forward()
    assert float(test_net.blobs["loss"].data) > 0


def test_nets_outlive_their_solver(solver_file: Path) -> None:
    solver = caffe.SGDSolver(solver_file)
    nets = [solver.net, *solver.test_nets]
    del solver
    gc.collect()
    assert all(float(net.forward()["loss"]) > 0 for net in nets)


def test_a_solver_goes_when_nobody_has_it(solver_file: Path) -> None:
    solver = caffe.get_solver(solver_file)
    solver.step(1)
    went = weakref.ref(solver.net._net)
    gc.collect()
    gc.disable()
    try:
        del solver
        assert went() is None
    finally:
        gc.enable()


def test_a_snapshot_goes_on_where_it_was_taken(solver_file: Path, tmp_path: Path) -> None:
    one = caffe.SGDSolver(solver_file)
    one.step(3)
    one.snapshot()
    assert (tmp_path / "model_iter_3.caffemodel").exists()
    other = caffe.SGDSolver(solver_file)
    other.restore(tmp_path / "model_iter_3.solverstate")
    assert other.iter == 3
    for solver in (one, other):
        solver.step(2)
    for key, values in parameters(one.net).items():
        np.testing.assert_allclose(parameters(other.net)[key], values, rtol=1e-5, err_msg=key)
    other.solve(tmp_path / "model_iter_3.solverstate")
    assert other.iter == 12
    with pytest.raises(SnapshotError, match="no such file"):
        other.restore(tmp_path / "model_iter_4.solverstate")


def test_callbacks_come_before_the_iteration_and_before_the_update(solver: Solver) -> None:
    calls: list[str] = []
    before = {key: values.copy() for key, values in parameters(solver.net).items()}

    def start() -> None:
        calls.append("start")

    def ready() -> None:
        calls.append("ready")
        assert solver.net.params["ip"][0].diff.any()
        for blobs in solver.net.params.values():
            for blob in blobs:
                blob.diff[...] = -0.0005 * blob.data  # what weight decay will add

    solver.add_callback(start, ready)
    solver.step(2)
    assert calls == ["start", "ready"] * 2
    for key, values in parameters(solver.net).items():
        np.testing.assert_allclose(values, before[key], atol=1e-6, err_msg=key)


def test_options_can_be_read_and_changed(solver: Solver) -> None:
    assert (solver.param.max_iter, solver.param.display) == (12, 100)
    assert solver.param.layer_wise_reduce is True
    assert solver.lr == pytest.approx(0.01)
    solver.param.base_lr = 0.5
    assert solver.lr == pytest.approx(0.5)


def test_weights_are_shared_with_another_net(solver: Solver, write: Write) -> None:
    net = caffe.Net(write(LEARNER, "other.prototxt"), caffe.TEST)
    solver.share_weights(net)
    solver.step(1)
    np.testing.assert_array_equal(net.params["ip"][0].data, solver.net.params["ip"][0].data)


def test_the_seed_that_is_set_is_the_solvers_unless_its_file_has_one(solver_file: Path) -> None:
    first, second = (caffe.SGDSolver(solver_file).net.params["ip"][0].data for _ in range(2))
    np.testing.assert_array_equal(first, second)
    solver_file.write_text(solver_file.read_text() + "random_seed: 5")
    assert caffe.SGDSolver(solver_file).param.random_seed == 5
    assert (caffe.SGDSolver(solver_file).net.params["ip"][0].data != first).any()


def test_inputs_are_filled_by_hand(write: Write, tmp_path: Path) -> None:
    net = write("""
    layer { name: "x" type: "Input" top: "x" top: "y" input_param { shape { dim: 4 dim: 2 } shape { dim: 4 dim: 1 } } }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param { num_output: 1 } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "y" top: "loss" }
    """)
    options = f'net: "{net}" base_lr: 0.2 lr_policy: "fixed" snapshot_prefix: "{tmp_path}/s"'
    solver = caffe.SGDSolver(write(options, "solver.prototxt"))
    x = np.random.default_rng(0).normal(size=(4, 2))
    solver.net.blobs["x"].data[...] = x
    solver.net.blobs["y"].data[...] = x @ [[2.0], [-3.0]] + 1
    solver.step(300)
    np.testing.assert_allclose(solver.net.params["ip"][0].data, [[2, -3]], atol=1e-2)
    np.testing.assert_allclose(solver.net.params["ip"][1].data, [1], atol=1e-2)


def test_databases_are_read_one_batch_an_iteration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shutil.copytree(GOLDEN, tmp_path / "golden"))
    solver = caffe.get_solver("cli/solver.prototxt")
    solver.step(1)
    first = solver.net.blobs["data"].data.copy()
    solver.net.forward()
    assert (solver.net.blobs["data"].data != first).any()


def test_what_is_wrong_in_the_files_is_an_exception(write: Write) -> None:
    with pytest.raises(DefinitionError, match="lr_polisy"):
        caffe.SGDSolver(write('net: "x" lr_polisy: "fixed"', "solver.prototxt"))
