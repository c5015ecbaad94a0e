"""How long the command line takes before it does what it is asked for, in seconds of CPU time.

Run it as ``python -m benchmarks.start_up [--runs 5]`` in the repository's folder. CPU time, not the clock's: a busy
machine hardly changes it. The training is of AlexNet with weights, and ends where its first iteration would begin. A
first run that does not count leaves Python's compiled modules behind, as an installation does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from google.protobuf.text_format import MessageToString

from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net

ROOT = Path(__file__).resolve().parents[1]
PIXELS = 256


@dataclass(frozen=True)
class Start:
    """A command, and the CPU seconds that it may take."""

    title: str
    words: Sequence[str]
    goal: float


def cpu_seconds(words: Sequence[str]) -> float:
    """Run a command in one thread and return its CPU time.

    Raises: RuntimeError if it fails.
    """
    command = [sys.executable, "-m", "netdef", *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def starts(folder: Path) -> list[Start]:
    """Return all commands; the training's files are written into a folder."""
    training = ("train", "--solver", str(write_training(folder)), "--weights", str(folder / "weights.caffemodel"))
    return [
        Start("netdef --help", ("--help",), 0.12),
        Start("netdef summary of GoogLeNet", ("summary", "models/googlenet.prototxt"), 0.40),
        Start("netdef train of AlexNet with weights, to the first iteration", training, 3.0),
    ]


def write_training(folder: Path) -> Path:
    """Write a database, weights, and a solver that stops before its first iteration; return the solver's path."""
    from benchmarks.gloo_runs import write_database
    from netdef.loading import load
    from netdef.weights.caffemodel import write_caffemodel
    from netdef.weights.saved_layers import saved_net

    model = ROOT / "models" / "alexnet.prototxt"
    write_caffemodel(saved_net(load(model, phase="TRAIN", device="cpu")), folder / "weights.caffemodel")
    net, database = load_net(model).message, write_database(folder, PIXELS)
    for layer in net.layer:
        if layer.type == "Data":
            layer.data_param.source = str(database)
    (folder / "net.prototxt").write_text(MessageToString(net))
    solver = schema.SolverParameter(net=str(folder / "net.prototxt"), base_lr=0.01, lr_policy="fixed", max_iter=0)
    solver.snapshot_after_train = False
    solver.snapshot_prefix = str(folder / "run" / "alexnet")
    (folder / "solver.prototxt").write_text(MessageToString(solver))
    return folder / "solver.prototxt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print("| | CPU seconds: least, median, most | goal |\n| --- | --- | --- |")
    with TemporaryDirectory() as folder:
        for start in starts(Path(folder)):
            cpu_seconds(start.words)
            found = sorted(cpu_seconds(start.words) for _ in range(runs))
            verdict = "reached" if median(found) <= start.goal else "missed"
            spread = ", ".join(f"{value:.2f}" for value in (found[0], median(found), found[-1]))
            print(f"| {start.title} | {spread} | ≤ {start.goal:.2f}: {verdict} |", flush=True)


if __name__ == "__main__":
    main()
