"""Cut the weights of AlexNet as its paper has it into those of its two towers.

Run it as ``python examples/split_towers.py alexnet_paper.caffemodel towers.caffemodel``. The layers of
models/alexnet_two_towers.prototxt are then those of models/alexnet_paper.prototxt in other words: conv2_0 has the first
half of conv2's kernels, conv2_1 the second, and both nets give the same scores.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from netdef.weights.contents import Array, LayerWeights
from netdef.weights.file import read_weights, save_contents

IN_TOWERS = ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7")
TOWERS = 2


def split(layer: LayerWeights) -> Iterator[LayerWeights]:
    """Return the halves of a layer, by its output channels; a layer that both towers share as it is."""
    if layer.name not in IN_TOWERS:
        yield layer
        return
    for tower in range(TOWERS):
        blobs = tuple(half(blob, tower) for blob in layer.blobs if blob is not None)
        yield replace(layer, name=f"{layer.name}_{tower}", blobs=blobs)


def half(blob: Array, tower: int) -> Array:
    """Return the part of a blob that belongs to one tower: half of its outputs."""
    outputs = len(blob) // TOWERS
    return blob[outputs * tower : outputs * (tower + 1)]


def split_file(whole: Path, towers: Path) -> None:
    """Read the weights of the one net and write those of the other."""
    weights = read_weights(whole)
    layers = tuple(part for layer in weights.layers for part in split(layer))
    save_contents(replace(weights, layers=layers), towers)


if __name__ == "__main__":
    split_file(*map(Path, sys.argv[1:3]))
