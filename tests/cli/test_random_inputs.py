from pathlib import Path

import pytest
import torch

from netdef.cli.random_inputs import random_inputs
from netdef.errors import UsageError
from netdef.graph.graph import Graph
from netdef.model import load_graph
from netdef.schema import netdef_pb2 as schema

CPU = torch.device("cpu")


def graph(text: str, folder: Path) -> Graph:
    path = folder / "net.prototxt"
    path.write_text(text)
    return load_graph(str(path), schema.NetState(phase=schema.TRAIN))


def test_images_are_uniform_and_labels_are_zeros(tmp_path: Path) -> None:
    text = 'layer { name: "x" type: "Input" top: "x" top: "y" '
    text += "input_param { shape { dim: 20 dim: 3 dim: 7 dim: 5 } shape { dim: 20 } } }"
    found = random_inputs(graph(text, tmp_path), None, CPU)
    assert {name: tuple(tensor.shape) for name, tensor in found.items()} == {"x": (20, 3, 7, 5), "y": (20,)}
    assert not found["y"].any()
    assert (found["x"].min(), found["x"].max()) == pytest.approx((0, 1), abs=0.01)
    assert found["x"].mean().item() == pytest.approx(0.5, abs=0.03)


def test_a_batch_takes_the_place_of_every_first_axis(tmp_path: Path) -> None:
    text = 'layer { name: "d" type: "Data" top: "x" top: "y" data_param { source: "none" backend: LMDB batch_size: 3 '
    text += "record_shape { dim: 2 dim: 7 dim: 5 } } }"
    found = random_inputs(graph(text, tmp_path), 4, CPU)
    assert {name: tuple(tensor.shape) for name, tensor in found.items()} == {"x": (4, 2, 7, 5), "y": (4,)}


def test_an_unknown_shape_is_refused_with_a_way_out(tmp_path: Path) -> None:
    text = 'layer { name: "d" type: "Data" top: "x" data_param { source: "none" backend: LMDB batch_size: 3 } }'
    with pytest.raises(UsageError, match=r'layer "d" \(Data\): top "x" has the shape 3×\?×\?×\?.*\n.*record_shape'):
        random_inputs(graph(text, tmp_path), None, CPU)


def test_an_input_without_a_shape(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='top "x" has no shape'):
        random_inputs(graph('layer { name: "x" type: "Input" top: "x" }', tmp_path), None, CPU)
