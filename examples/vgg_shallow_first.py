"""Train a deep net of VGG as its authors did: net A first, whose outer layers start the deep one.

Run it as ``python examples/vgg_shallow_first.py d`` in the repository's folder, for b, c, d or e. If net A is trained
already: ``--weights-of-a FILE``. To see it at work, shorten both runs: ``--set solver.max_iter=10``.

Source: Simonyan and Zisserman, arXiv 1409.1556, section 3.1: the first four convolutions and the inner products begin
with the layers of net A, all others at random; those that begin ahead learn at the same rate.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from netdef.cli.main import main as netdef
from netdef.weights.file import read_weights, save_contents

FROM_A = ("conv1_1", "conv2_1", "conv3_1", "conv3_2", "fc6", "fc7", "fc8")
"""Net A's first four convolutions and its inner products; layers of these names are as large in all the nets."""


def keep_outer_layers(weights_of_a: Path, start: Path) -> Path:
    """Copy the layers that start a deeper net from one weights file into another, and return the path of that."""
    weights = read_weights(weights_of_a)
    kept = tuple(layer for layer in weights.layers if layer.name in FROM_A)
    missing = set(FROM_A) - {layer.name for layer in kept}
    if missing:
        raise SystemExit(f"{weights_of_a}: has no layer {', '.join(sorted(missing))}: these are no weights of net A")
    save_contents(replace(weights, layers=kept), start)
    return start


def train(net: str, *flags: str) -> None:
    """Train a net of the paper with its solver."""
    if code := netdef(["train", "--solver", f"solvers/vgg_{net}.prototxt", *flags]):
        raise SystemExit(code)


def latest_weights(net: str) -> Path:
    """Return the newest weights of a net's run."""
    found = sorted(Path(f"runs/vgg_{net}").glob("*.caffemodel"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise SystemExit(f"runs/vgg_{net} has no weights: let the run go on to a snapshot")
    return found[-1]


def main(words: Sequence[str]) -> None:
    """Train net A unless its weights are given, then the deep net."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("net", choices=("b", "c", "d", "e"))
    parser.add_argument("--weights-of-a", type=Path, metavar="FILE")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="for both runs")
    arguments = parser.parse_args(words)
    settings = [word for setting in arguments.set for word in ("--set", setting)]
    if arguments.weights_of_a is None:
        train("a", *settings)
    weights_of_a = arguments.weights_of_a or latest_weights("a")
    start = keep_outer_layers(weights_of_a, weights_of_a.with_name(f"start_of_{arguments.net}.caffemodel"))
    train(arguments.net, "--weights", str(start), *settings)


if __name__ == "__main__":
    main(sys.argv[1:])
