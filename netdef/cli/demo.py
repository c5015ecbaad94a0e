"""Train LeNet on handwritten digits, and show what came of it."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from netdef.cli.main import main
from netdef.errors import UsageError
from netdef.schema.load import load_solver

MODEL, SOLVER = "models/lenet.prototxt", "solvers/lenet.prototxt"
DATABASES = {"train": "data/mnist_train_lmdb", "test": "data/mnist_test_lmdb"}
ENOUGH = 0.98


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        "--images", default="examples/mnist", metavar="DIR", help="folder of IDX files (default: examples/mnist)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the commands that a user would, one after the other; return 1 if the digits are not learned."""
    for path in (MODEL, SOLVER, arguments.images):
        if not Path(path).exists():
            raise UsageError(f"{path} is not here: the demo runs in the folder of a clone of the project")
    options = load_solver(SOLVER).message
    folder = Path(options.snapshot_prefix).parent
    weights = f"{options.snapshot_prefix}_iter_{options.max_iter}.caffemodel"
    for command in _commands(arguments.images, folder, weights, options.test_iter[0]):
        print(f"\n$ netdef {shlex.join(command)}", flush=True)
        if code := main(command):
            return code
    accuracy = _last_accuracy(folder / "log.jsonl")
    _report(folder, weights, accuracy)
    return 0 if accuracy >= ENOUGH else 1


def _commands(images: str, folder: Path, weights: str, batches: int) -> Iterator[list[str]]:
    for split, database in DATABASES.items():
        if not Path(database).exists():
            yield ["convert-imageset", "--idx", images, "--split", split, database]
    yield ["train", "--solver", SOLVER]
    for picture in ("net.svg", "net.png"):
        yield ["draw", MODEL, "-o", str(folder / picture)]
    yield ["plot", str(folder), "-o", str(folder / "curves.png")]
    sheet = str(folder / "predictions.png")
    yield ["test", "--model", MODEL, "--weights", weights, "--iterations", str(batches), "--sheet", sheet, "--json"]


def _last_accuracy(journal: Path) -> float:
    events = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    return float(next(event["accuracy"] for event in reversed(events) if event["event"] == "test"))


def _report(folder: Path, weights: str, accuracy: float) -> None:
    files = {
        "net.svg": "the network (net.png: the same)",
        "curves.png": "loss, accuracy and learning rate",
        "predictions.png": "test digits and what the network says of them",
        "train.log": "the log, in Caffe's form",
        "log.jsonl": "the same for programs",
        Path(weights).name: "the weights (.solverstate: to train on)",
    }
    print(f"\nLeNet reads {accuracy:.2%} of the held-out digits right (the aim: {ENOUGH:.0%}). In {folder}:")
    for name, content in files.items():
        print(f"  {folder / name!s:<42} {content}")
