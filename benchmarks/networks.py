"""Whether every network that ships learns: the losses of some steps on small photographs.

Run it as ``python -m benchmarks.networks FOLDER [--networks a,b] [--batch 8] [--iterations 30] [--rate 1]`` in the
repository's folder; FOLDER has one folder of pictures for each class. Crops and batches are smaller than the papers',
so that a CPU is enough; the rate is the first one of the network's own solver, times the batch's share in its own.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.small_networks import ROOT, side, write_small
from netdef.cli.main import main as netdef
from netdef.schema.kind import FileKind, kind_of
from netdef.session import open_training
from netdef.solver.events import Trained

MARGIN = 8  # a crop is 7/8 of a picture's side, as 224 of 256
MEAN_OF = 5  # losses at the end


def networks() -> list[str]:
    """Name all networks that ship."""
    return [path.stem for path in sorted(ROOT.glob("models/*.prototxt")) if kind_of(path) is FileKind.NET]


def make_database(pictures: Path, pixels: int, folder: Path) -> Path:
    """Write pictures of one size into a database in a folder, and return its path."""
    database = folder / f"{pixels}_lmdb"
    if not database.exists():
        size = ("--resize-width", str(pixels), "--resize-height", str(pixels))
        words = ("convert-imageset", "--shuffle", *size, "--folder-per-class", str(pictures), str(database))
        if code := netdef(list(words)):
            raise SystemExit(code)
    return database


def losses(model: str, database: Path, batch: int, iterations: int, rate: float = 1.0) -> list[float]:
    """Train a small form of a network and return the loss of each step."""
    with TemporaryDirectory() as folder:
        solver = write_small(model, database, batch, Path(folder), rate)
        with open_training(solver) as training:
            return [event.loss for event in training.solver.step(iterations) if isinstance(event, Trained)]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def report(model: str, pictures: Path, folder: Path, batch: int, iterations: int, rate: float) -> str:
    """Train one network and return its row of the table."""
    pixels = side(model)
    database = make_database(pictures, pixels * MARGIN // (MARGIN - 1), folder)
    start = time.perf_counter()
    found = losses(model, database, batch, iterations, rate)
    last = mean(found[-MEAN_OF:])
    verdict = "falls" if all(map(math.isfinite, found)) and last < found[0] else "DOES NOT FALL"
    seconds = time.perf_counter() - start
    return f"| {model} | {pixels} | {found[0]:.3f} | {last:.3f} | {verdict} | {seconds:.0f} s |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path, metavar="FOLDER")
    parser.add_argument("--networks", default=",".join(networks()))
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--iterations", type=int, default=30)
    parser.add_argument("--rate", type=float, default=1.0, help="factor of all rates")
    arguments = parser.parse_args()
    print(f"| network | side | first loss | mean of the last {MEAN_OF} | | time |")
    print("| --- | --- | --- | --- | --- | --- |")
    with TemporaryDirectory() as folder:
        for model in arguments.networks.split(","):
            how = (arguments.batch, arguments.iterations, arguments.rate)
            print(report(model, arguments.pictures, Path(folder), *how), flush=True)


if __name__ == "__main__":
    main()
