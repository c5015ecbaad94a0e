from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from examples.vgg_shallow_first import FROM_A, keep_outer_layers
from netdef.weights.contents import LayerWeights, WeightsFile
from netdef.weights.file import read_weights, save_contents

ROOT = Path(__file__).parents[2]
OF_A = ("conv1_1", "conv2_1", "conv3_1", "conv3_2", "conv4_1", "conv4_2", "conv5_1", "conv5_2", "fc6", "fc7", "fc8")


def write(path: Path, names: tuple[str, ...]) -> Path:
    layers = (LayerWeights(name, "InnerProduct", (np.full((3, 2), i, np.float32),)) for i, name in enumerate(names))
    save_contents(WeightsFile(str(path), "VGG A", tuple(layers)), path)
    return path


def test_the_first_four_convolutions_and_the_inner_products_are_kept(tmp_path: Path) -> None:
    start = read_weights(keep_outer_layers(write(tmp_path / "a.caffemodel", OF_A), tmp_path / "start.caffemodel"))
    assert tuple(layer.name for layer in start.layers) == FROM_A
    (fc7,) = (layer for layer in start.layers if layer.name == "fc7")
    assert fc7.blobs[0] is not None
    assert fc7.blobs[0].tolist() == [[9, 9]] * 3


def test_weights_of_another_net_are_refused(tmp_path: Path) -> None:
    other = write(tmp_path / "other.caffemodel", ("conv1", "fc6", "fc7", "fc8"))
    command = [sys.executable, "examples/vgg_shallow_first.py", "d", "--weights-of-a", str(other)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{other}: has no layer conv1_1, conv2_1, conv3_1, conv3_2: these are no weights of net A" in done.stderr


@pytest.mark.parametrize("net", ["b", "c", "d", "e"])
def test_what_is_kept_fits_the_deeper_nets(net: str) -> None:
    from netdef.model import load_graph
    from netdef.schema import netdef_pb2 as schema

    def shapes(name: str) -> dict[str, list[tuple[int | None, ...]]]:
        graph = load_graph(str(ROOT / "models" / f"vgg_{name}.prototxt"), schema.NetState(phase="TRAIN"))
        return {node.name: [use.parameter.shape for use in node.blobs] for node in graph.nodes}

    shallow, deep = shapes("a"), shapes(net)
    assert {name: deep[name] for name in FROM_A} == {name: shallow[name] for name in FROM_A}
