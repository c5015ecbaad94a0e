from __future__ import annotations

from pathlib import Path

import pytest

from netdef.errors import DefinitionError, UsageError
from netdef.graph.graph import Graph
from netdef.model import load_graph
from netdef.prototxt.edit import assign
from netdef.schema import netdef_pb2 as schema
from tests.data.databases import write_pictures

NET = """
state { level: 2 stage: "always" }
layer { name: "train" type: "Data" top: "x" include { phase: TRAIN }
  data_param { source: "pictures_lmdb" backend: LMDB batch_size: 5 } }
layer { name: "test" type: "Input" top: "x" include { phase: TEST } input_param { shape { dim: 1 dim: 3 } } }
layer { name: "high" type: "ReLU" bottom: "x" top: "y" include { min_level: 2 } }
layer { name: "staged" type: "ReLU" bottom: "x" top: "z" include { stage: "always" stage: "deploy" } }
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "net.prototxt").write_text(NET)
    return str(tmp_path / "net.prototxt")


def names(graph: Graph) -> list[str]:
    return [node.name for node in graph.nodes]


def test_the_state_that_is_asked_for_counts_more_than_the_nets(path: str) -> None:
    assert names(load_graph(path, schema.NetState(phase=schema.TEST))) == ["test", "high"]
    assert names(load_graph(path, schema.NetState(phase=schema.TRAIN))) == ["train", "high"]
    assert names(load_graph(path, schema.NetState(phase=schema.TEST, level=1))) == ["test"]
    assert names(load_graph(path, schema.NetState(phase=schema.TEST, stage=["deploy"]))) == ["test", "high", "staged"]


def test_shapes_come_from_the_database_beside_the_file(path: str) -> None:
    write_pictures(Path(path).parent / "pictures_lmdb", 2, channels=3, height=9, width=7)
    graph = load_graph(path, schema.NetState(phase=schema.TRAIN))
    assert graph.nodes[0].tops[0].shape == (5, 3, 9, 7)


def test_an_edit_comes_before_the_meaning(path: str) -> None:
    graph = load_graph(path, schema.NetState(phase=schema.TEST), lambda tree: assign(tree, "layer[high].name", '"top"'))
    assert names(graph) == ["test", "top"]


def test_a_state_that_leaves_no_layer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('layer { type: "Input" top: "x" include { phase: TRAIN } }')
    with pytest.raises(UsageError) as caught:
        load_graph(str(path), schema.NetState(phase=schema.TEST, stage=["a", "b"]))
    assert str(caught.value) == f"{path}: no layer takes part in phase TEST with stages a, b"


def test_errors_have_their_place_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('layer { name: "r" type: "ReLU"\n  bottom: "x" top: "y" }')
    with pytest.raises(DefinitionError) as caught:
        load_graph(str(path), schema.NetState())
    assert str(caught.value).startswith(f'{path}:2:3: layer "r" (ReLU): bottom "x" is made by no layer')


def test_the_matrix_of_a_loss_is_found_beside_the_net(tmp_path: Path) -> None:
    matrix = schema.BlobProto(data=[1, 0, 0, 1], shape=schema.BlobShape(dim=[1, 1, 2, 2]))
    (tmp_path / "H.binaryproto").write_bytes(matrix.SerializeToString())
    net = tmp_path / "net.prototxt"
    net.write_text("""
        layer { name: "in" type: "Input" top: "x" top: "label"
          input_param { shape { dim: 3 dim: 2 } shape { dim: 3 } } }
        layer { name: "loss" type: "InfogainLoss" bottom: "x" bottom: "label"
          infogain_loss_param { source: "H.binaryproto" } }
    """)
    assert names(load_graph(str(net), schema.NetState())) == ["in", "loss"]
