"""How much memory training needs at its peak, beside plain PyTorch and beside what ``netdef summary`` predicts.

Run it as ``python -m benchmarks.memory [--only AlexNet] [--threads N]`` in the repository's folder. Each net learns for
three iterations in a process of its own: by ``netdef train`` from a database of raw random images, and as its twin in
plain PyTorch, with one batch in memory. Printed are the greatest amounts of resident memory that the processes had, in
megabytes, libraries and all.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from google.protobuf.text_format import MessageToString

from benchmarks.contest.case import Case
from benchmarks.twins.twins import TWINS
from netdef.data.datum import write_datum
from netdef.data.new_database import new_database
from netdef.draw.process_memory import process_memory
from netdef.graph.place import place
from netdef.model import graph_of
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net

ROOT = Path(__file__).resolve().parents[1]
BATCHES = {"LeNet": 64, "AlexNet": 32, "GoogLeNet": 16, "ResNet-50": 8, "VGG-16": 4}
ITERATIONS = 3
MEGABYTE = 1e6
BESIDE_PYTORCH, APART = 1.15, 0.10  # goals: at most so many times PyTorch's peak; the prediction no further away
SOLVER = """net: "{net}" base_lr: 1e-6 lr_policy: "fixed" momentum: 0.9 weight_decay: 0.0005 max_iter: {iterations}
snapshot_after_train: false snapshot_prefix: "{folder}/run" solver_mode: CPU"""
# A process starts with the peak of the one that starts it, so a small one does.
WATCH = """import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)"""
HEAD = f"{'':10} {'predicted':>10} {'netdef':>8} {'PyTorch':>8}   netdef of the predicted, and of PyTorch's"


def small_net(name: str, batch: int, folder: Path) -> schema.NetParameter:
    """Return a net that learns from a database in a folder, which is written."""
    net = load_net(TWINS[name].path).message
    source = next(layer for layer in net.layer if layer.type == "Data")
    _write_records(folder / "records", source.data_param.record_shape[0].dim, batch)
    del source.include[:]
    source.data_param.source, source.data_param.batch_size = str(folder / "records"), batch
    source.transform_param.ClearField("mean_file")
    others = [layer for layer in net.layer if layer.type not in ("Data", "Input")]
    del net.layer[:]
    net.layer.extend([source, *others])
    return net


def _write_records(path: Path, shape: Sequence[int], count: int) -> None:
    channels, height, width = shape
    pixels = np.random.default_rng(0).integers(0, 256, channels * height * width, np.uint8).tobytes()
    datum = write_datum(channels=channels, height=height, width=width, data=pixels, label=1)
    with new_database(path, "lmdb") as writer:
        for number in range(count):
            writer.put(b"%08d" % number, datum)
        writer.commit()


def of_netdef(name: str, batch: int, threads: int) -> tuple[float, float]:
    """Return what is predicted, and what ``netdef train`` needed."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        file, solver = folder / "net.prototxt", folder / "solver.prototxt"
        file.write_text(MessageToString(small_net(name, batch, folder)))
        solver.write_text(SOLVER.format(net=file, folder=folder, iterations=ITERATIONS))
        predicted = process_memory(place(graph_of(load_net(file), schema.NetState(phase=schema.TRAIN))))
        if predicted is None:
            sys.exit(f"{name}: a shape is not known")
        own = [sys.executable, "-m", "netdef", "train", "--solver", str(solver)]
        return predicted["process"] / MEGABYTE, peak(own, {"OMP_NUM_THREADS": str(threads)})


def of_pytorch(name: str, batch: int, threads: int) -> float:
    """Return what its twin needed."""
    flags = Case(name, "train", batch).flags()
    engine = ("--engine", "PyTorch", "--threads", str(threads), "--clock", "wall")
    return peak([sys.executable, "-m", "benchmarks.contest.worker", *engine, *flags])


def peak(words: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Run a process to its end, and return the greatest resident memory that it had, in megabytes.

    It is given a line for each iteration.
    """
    watched = subprocess.run(
        [sys.executable, "-c", WATCH, *words],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        input="go\n" * ITERATIONS,
        capture_output=True,
        text=True,
    )
    if watched.returncode:
        last = (watched.stderr.strip().splitlines() or [""])[-1]
        sys.exit(f"ended with code {watched.returncode}: {' '.join(words)}: {last}")
    return int(watched.stdout) * 1024 / MEGABYTE


def line(name: str, predicted: float, own: float, other: float) -> str:
    """Return a row of the table."""
    near = "reached" if abs(own / predicted - 1) <= APART else "missed"
    few = "reached" if own / other <= BESIDE_PYTORCH else "missed"
    return (
        f"{name:10} {predicted:10.0f} {own:8.0f} {other:8.0f}   {own / predicted:.2f} (1 ± {APART:.2f}: {near}),"
        f" {own / other:.2f} (≤ {BESIDE_PYTORCH}: {few})"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", metavar="WORD", help="nets with this in their names")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    chosen = options.parse_args()
    print(HEAD, flush=True)
    for name, batch in BATCHES.items():
        if chosen.only in name:
            predicted, own = of_netdef(name, batch, chosen.threads)
            print(line(name, predicted, own, of_pytorch(name, batch, chosen.threads)), flush=True)


if __name__ == "__main__":
    main()
