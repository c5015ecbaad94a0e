"""Trainings of a small net like LeNet by several processes, which many tests look at."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from netdef.cli.main import main
from netdef.weights.file import read_weights
from netdef.weights.solverstate import read_solverstate
from netdef.weights.state import SolverState
from tests.data.databases import write_pictures

ROOT = Path(__file__).parents[2]
RECORDS, TEST_RECORDS, BATCH, TEST_BATCH, TESTS = 37, 11, 8, 3, 5
ITERATIONS = 50
PATIENCE = 150  # seconds
CLOCKS = ("seconds", "waited")  # what differs from run to run


def net(statistics: str = "", middle: str = "", last: str = "ip1") -> str:
    """Return a net like LeNet, small, with an output that no loss hangs on."""
    return f"""
name: "small"
layer {{
  name: "digits" type: "Data" top: "data" top: "label" include {{ phase: TRAIN }}
  data_param {{ source: "train_lmdb" backend: LMDB batch_size: 5 }}
  transform_param {{ crop_size: 6 mirror: true scale: 0.004 }}
}}
layer {{
  name: "digits" type: "Data" top: "data" top: "label" include {{ phase: TEST }}
  data_param {{ source: "test_lmdb" backend: LMDB batch_size: {TEST_BATCH} }}
  transform_param {{ crop_size: 6 scale: 0.004 }}
}}
layer {{
  name: "conv" type: "Convolution" bottom: "data" top: "conv"
  param {{ lr_mult: 1 }} param {{ lr_mult: 2 decay_mult: 0 }}
  convolution_param {{ num_output: 5 kernel_size: 3 weight_filler {{ type: "xavier" }} }}
}}
{statistics}
layer {{
  name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param {{ pool: MAX kernel_size: 2 stride: 2 }}
}}
layer {{
  name: "ip1" type: "InnerProduct" bottom: "pool" top: "ip1"
  inner_product_param {{ num_output: 9 weight_filler {{ type: "xavier" }} }}
}}
layer {{ name: "relu" type: "ReLU" bottom: "ip1" top: "ip1" relu_param {{ negative_slope: 0.1 }} }}
layer {{ name: "drop" type: "Dropout" bottom: "ip1" top: "ip1" }}
{middle}
layer {{
  name: "ip2" type: "InnerProduct" bottom: "{last}" top: "ip2"
  inner_product_param {{ num_output: {RECORDS} weight_filler {{ type: "xavier" }} }}
}}
layer {{
  name: "beside" type: "InnerProduct" bottom: "ip1" top: "beside"
  inner_product_param {{ num_output: 1 weight_filler {{ type: "xavier" }} }}
}}
layer {{ name: "acc" type: "Accuracy" bottom: "ip2" bottom: "label" top: "acc" include {{ phase: TEST }} }}
layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" top: "loss" }}
"""


NORMALIZED = net(statistics='layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }')
TIE = """
layer {{
  name: "{0}" type: "InnerProduct" bottom: "{1}" top: "{0}" param {{ name: "w" }} param {{ name: "b" }}
  inner_product_param {{ num_output: 9 weight_filler {{ type: "xavier" }} }}
}}
"""
TIED = net(middle=TIE.format("tied", "ip1") + TIE.format("twin", "tied"), last="twin")  # two layers, one parameter
SOLVER = f"""
base_lr: 0.02 lr_policy: "step" gamma: 0.5 stepsize: 30 momentum: 0.8 weight_decay: 0.01 random_seed: 7
clip_gradients: 1.5 max_iter: {ITERATIONS} display: 1 average_loss: 3 snapshot: 20 solver_mode: CPU
test_iter: {TESTS} test_interval: 10 test_compute_loss: true global_batch: {BATCH}
"""


def write_files(folder: Path) -> None:
    """Write databases, nets and solvers; each solver saves to the folder that has its name."""
    write_pictures(folder / "train_lmdb", RECORDS)
    write_pictures(folder / "test_lmdb", TEST_RECORDS)
    for name, text in (("plain", net()), ("normalized", NORMALIZED), ("tied", TIED)):
        write_net(folder, name, text)


def write_net(folder: Path, name: str, text: str) -> None:
    """Write a net and its solver."""
    (folder / f"{name}.prototxt").write_text(text)
    (folder / f"{name}_solver.prototxt").write_text(f'net: "{name}.prototxt" {SOLVER}')


def words(name: str, run: str, *more: str, **options: object) -> list[str]:
    """Return the flags of a training of that net, into the folder ``run``, with these options of the solver."""
    settings = {"snapshot_prefix": f'"{run}/net"', **options}
    flags = (flag for option, value in settings.items() for flag in ("--set", f"solver.{option}={value}"))
    return ["--solver", f"{name}_solver.prototxt", *flags, *more]


def alone(folder: Path, *flags: str) -> None:
    """Train in this process."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert main(["train", *flags]) == 0
    finally:
        os.chdir(before)


def start(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module in a folder."""
    own = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment}
    call = [sys.executable, "-W", "ignore", "-m", *command]
    return subprocess.run(call, cwd=folder, env=own, capture_output=True, text=True, timeout=PATIENCE, check=False)


def torchrun(folder: Path, count: int, *trainings: list[str], options: tuple[str, ...] = (), **environment: str) -> str:
    """Train with so many workers, which do one training after the other; return what they told."""
    flags = [flag for training in trainings for flag in ("--then", *training)]
    launcher = ["torch.distributed.run", "--standalone", "--nproc-per-node", str(count), *options]
    done = start(folder, *launcher, "-m", "tests.parallel.worker", *flags, **environment)
    assert done.returncode == 0, done.stderr
    return done.stderr


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Make the content of a folder, unless this or another process of the tests has done so; wait while one does."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "done"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def journal(run: Path, *kinds: str) -> list[dict[str, Any]]:
    """Return the events of these kinds in a run's log."""
    lines = map(json.loads, (run / "log.jsonl").read_text().splitlines())
    return [event for event in lines if event["event"] in kinds]


def numbers(run: Path) -> list[float]:
    """Return all losses and test results of a run, those that are single numbers."""
    events = journal(run, "train", "test", "final")
    singles = ((key, value) for event in events for key, value in sorted(event.items()) if key not in CLOCKS)
    return [float(value) for _, value in singles if isinstance(value, int | float)]


def weights(run: Path, iteration: int = ITERATIONS) -> list[np.ndarray[Any, Any]]:
    layers = read_weights(run / f"net_iter_{iteration}.caffemodel").layers
    return [blob for layer in layers for blob in layer.blobs if blob is not None]


def state(run: Path, iteration: int = ITERATIONS) -> SolverState:
    return read_solverstate(run / f"net_iter_{iteration}.solverstate")


def given(folder: Path) -> list[tuple[int, int, list[int]]]:
    """Return what the workers of all starts in a folder were given: start, iteration, ordinals."""
    found = []
    for path in folder.glob("given.*.jsonl"):
        start = int(path.name.split(".")[2])
        found += [(start, *json.loads(line)) for line in path.read_text().splitlines()]
    return found


def furthest(one: list[np.ndarray[Any, Any]], other: list[np.ndarray[Any, Any]]) -> float:
    """Return the largest difference of any two numbers."""
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))
