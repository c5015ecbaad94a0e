"""How long a step of several processes takes, and what comes to each: AlexNet on small crops, on this machine.

Run it as ``python -m benchmarks.gloo_runs [--processes 2,4] [--batch 8] [--iterations 20]`` in the repository's
folder. For each number of processes the net is trained by as many that have nothing to do with each other, then by data
parallelism alone, then with its products split over the workers. Each process has one thread. Times are medians
of steps, the smaller one of two rounds. Beside them stands what the scaling model predicts from processes that have
nothing to do with each other, with whole and half batches, and from all-reduce by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.scaling_model import (
    FLOPS_OF_MAC,
    PASSES,
    UPDATE_BYTES,
    Cluster,
    Job,
    Link,
    job,
    ring_seconds,
    step,
    with_products_split,
)
from benchmarks.small_networks import ROOT, side, write_small
from netdef.data.datum import write_datum
from netdef.data.lmdb_writer import LmdbWriter
from netdef.model import load_graph
from netdef.schema import netdef_pb2 as schema

MODEL, RECORDS, CLASSES = "alexnet", 64, 1000
SPLIT = "net.layer_group[classifier].over_workers=true"
ROUNDS = 2
FIRST = 2  # steps that are not counted: memory is taken, buckets are formed


@dataclass(frozen=True)
class Run:
    """The median step of some processes, the bytes that come to each in one, and what the model says of its length.

    ``shortest`` is for an exchange of gradients that hides behind the backward pass, ``longest`` for one that comes
    after it, as where both want the same processors.
    """

    processes: int
    how: str
    seconds: float
    gradients: int = 0
    blobs: int = 0
    shortest: float = 0.0
    longest: float = 0.0


def write_database(folder: Path, pixels: int) -> Path:
    """Write records of random pixels."""
    path, draw = folder / "lmdb", np.random.default_rng(0)
    path.mkdir()
    writer = LmdbWriter(path)
    for number in range(RECORDS):
        picture = draw.integers(0, 256, (3, pixels, pixels), dtype=np.uint8)
        datum = write_datum(
            channels=3, height=pixels, width=pixels, data=picture.tobytes(), label=int(draw.integers(CLASSES))
        )
        writer.put(b"%08d" % number, datum)
    writer.commit()
    writer.close()
    return path


def start(solver: Path, run: Path, processes: int, iterations: int, *settings: str) -> subprocess.Popen[bytes]:
    """Start a training that logs each step into the folder ``run``."""
    more = (f'snapshot_prefix="{run}/net"', f"max_iter={iterations}", "display=1", "snapshot_after_train=false")
    assignments = [*(f"solver.{each}" for each in more), *settings]
    rmtree(run, ignore_errors=True)
    flags = [word for each in assignments for word in ("--set", each)]
    command = [sys.executable, "-m", "netdef", "train", "--solver", str(solver), "--processes", str(processes), *flags]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def outcome(run: Path, processes: int, how: str) -> Run:
    """Read what a training has logged."""
    events = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    ends = [event["seconds"] for event in events if event["event"] == "train"][FIRST:]
    steps = [after - before for before, after in pairwise(ends)]
    counted: dict[str, int] = next((event for event in events if event["event"] == "bytes"), {})
    gradients, blobs = counted.get("gradients_per_iteration", 0), counted.get("blobs_per_iteration", 0)
    return Run(processes, how, median(steps), gradients, blobs)


def together(folder: Path, processes: int, iterations: int, how: str, *settings: str) -> Run:
    """Train with some workers."""
    run = folder / f"run_{processes}_{len(settings)}"
    if start(folder / "solver.prototxt", run, processes, iterations, *settings).wait():
        raise SystemExit(f"a training of {processes} processes failed")
    return outcome(run, processes, how)


def apart(folder: Path, processes: int, batch: int, iterations: int) -> float:
    """Train as many times, all at once, and return the seconds of a step."""
    runs = [folder / f"apart_{processes}_{batch}_{index}" for index in range(processes)]
    of_batch = f"solver.global_batch={batch}"
    started = [start(folder / "solver.prototxt", run, 1, iterations, of_batch) for run in runs]
    codes = [each.wait() for each in started]
    if any(codes):
        raise SystemExit(f"one of {processes} trainings failed")
    return median(outcome(run, 1, "").seconds for run in runs)


def ring(processes: int) -> Link:
    """Measure what all-reduce does."""
    launcher = ("torch.distributed.run", "--standalone", "--nproc-per-node", str(processes))
    command = [sys.executable, "-m", *launcher, "-m", "benchmarks.gloo_ring"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return Link(**json.loads(done.stdout.splitlines()[-1]))


def machine(work: Job, link: Link, whole: float, half: float, batch: int) -> Cluster:
    """Return what a worker of this machine can do, from the seconds that steps of whole and of half batches take.

    What a step of no images would take is put down to parameters: to their updates, and to reading them.
    """
    fixed = max(2 * half - whole, 1e-9)
    rate = PASSES * FLOPS_OF_MAC * batch * sum(layer.macs for layer in work.layers) / (whole - fixed)
    endless = float("inf")  # what images take is in these times
    return Cluster(rate, work.held * UPDATE_BYTES / fixed, work.count, link, link, endless, endless, 1)


def predicted(run: Run, work: Job, cluster: Cluster, batch: int) -> Run:
    """Return a run with what the model says of its length."""
    found = step(work, cluster, batch)
    gradients = ring_seconds(sum(layer.gradients for layer in work.layers), run.processes, cluster.inside)
    return replace(run, shortest=found.seconds, longest=found.compute + found.blobs + gradients)


@dataclass(frozen=True)
class Round:
    """The seconds of steps of processes apart, with whole and half batches, and the runs of workers."""

    whole: float
    half: float
    runs: tuple[Run, Run]


def once(folder: Path, count: int, batch: int, iterations: int) -> Round:
    """Train in all ways with some processes."""
    whole = apart(folder, count, batch, iterations)
    runs = together(folder, count, iterations, "whole"), together(folder, count, iterations, "split", SPLIT)
    return Round(whole, apart(folder, count, batch // 2, iterations), runs)


def measure(folder: Path, count: int, batch: int, iterations: int) -> list[Run]:
    """Train in all ways with some processes, several times, and add what the model says."""
    graph = load_graph(str(folder / "net.prototxt"), schema.NetState(phase=schema.TRAIN))
    rounds = [once(folder, count, batch, iterations) for _ in range(ROUNDS)]
    whole, half = min(each.whole for each in rounds), min(each.half for each in rounds)
    runs = [min(pair, key=lambda run: run.seconds) for pair in zip(*(each.runs for each in rounds), strict=True)]
    link = ring(count)
    told = f"all-reduce {link.bandwidth / 1e6:.0f} MB/s, {1e3 * link.latency:.2f} ms a message"
    print(f"{count} processes apart: {whole:.2f} s, with half a batch {half:.2f} s; {told}", flush=True)
    apart_run = Run(count, "apart", whole)
    if half >= whole:  # others have kept the machine busy: there is nothing to predict from
        return [apart_run, *runs]
    cluster = machine(job(graph, count), link, whole, half, batch)
    forms = graph, with_products_split(graph, count)
    predictions = (predicted(run, job(form, count), cluster, batch) for run, form in zip(runs, forms, strict=True))
    return [apart_run, *predictions]


def row(run: Run) -> str:
    """Return the row of a table."""
    model = f"{run.shortest:.2f} to {run.longest:.2f}" if run.longest else ""
    sizes = f"{run.gradients / 1e6:.1f} | {run.blobs / 1e6:.2f}"
    return f"| {run.processes} | {run.how} | {sizes} | {run.seconds:.2f} | {model} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", default="2,4")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--iterations", type=int, default=20)
    arguments = parser.parse_args()
    counts = [int(count) for count in arguments.processes.split(",")]
    with TemporaryDirectory() as folder:
        pixels, path = side(MODEL), Path(folder)
        write_small(MODEL, write_database(path, pixels), arguments.batch, path, rate=0.1)
        alone = Run(1, "alone", apart(path, 1, arguments.batch, arguments.iterations))
        measured = [measure(path, count, arguments.batch, arguments.iterations) for count in counts]
        runs = [alone, *chain(*measured)]
    print("| processes | how | gradients, MB | blobs, MB | s a step | on paper |")
    print("| ---: | --- | ---: | ---: | ---: | ---: |")
    print("\n".join(map(row, runs)))


if __name__ == "__main__":
    main()
