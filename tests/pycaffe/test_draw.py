from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import text_format

from netdef.errors import DefinitionError, UsageError
from netdef.pycaffe import TEST, TRAIN, draw
from netdef.pycaffe.proto import caffe_pb2
from netdef.schema.load import load_net

ROOT = Path(__file__).parents[2]
MODELS = sorted((ROOT / "models").glob("*.prototxt"))
NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } include { phase: TEST } }
layer { name: "dummy" type: "DummyData" top: "x" dummy_data_param { shape { dim: 4 dim: 3 } } include { phase: TRAIN } }
layer { name: "score" type: "InnerProduct" bottom: "x" top: "score" inner_product_param { num_output: 5 } }
"""
CONVOLUTION = "convolution_param { num_output: 5 kernel_size: 3 }"
OLD = """
input: "data" input_dim: 1 input_dim: 1 input_dim: 4 input_dim: 4
layers { name: "old_relu" type: RELU bottom: "data" top: "data" }
"""


def message(text: str = NET) -> caffe_pb2.NetParameter:
    return text_format.Parse(text, caffe_pb2.NetParameter())


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
@pytest.mark.parametrize("phase", [None, TRAIN, TEST])
def test_every_model_is_drawn(path: Path, phase: int | None) -> None:
    net = load_net(path).message
    for rankdir in ("LR", "TB"):
        assert draw.get_pydot_graph(net, rankdir, phase=phase).to_string().startswith("digraph")


def test_a_phase_shows_its_layers_alone() -> None:
    source = {phase: draw.get_pydot_graph(message(), "LR", phase=phase).to_string() for phase in (TRAIN, TEST, None)}
    assert ["dummy" in source[phase] for phase in (TRAIN, TEST, None)] == [True, False, True]
    assert "rankdir=LR" in source[TRAIN]


def test_old_nets_are_drawn_too() -> None:
    assert "old_relu" in draw.get_pydot_graph(message(OLD), "TB").to_string()


@pytest.mark.parametrize(("name", "start"), [("net.png", b"\x89PNG"), ("net.svg", b"<?xml"), ("net.dot", b"digraph")])
def test_pictures_are_written_by_their_extension(tmp_path: Path, name: str, start: bytes) -> None:
    draw.draw_net_to_file(message(), tmp_path / name, "LR", TEST)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_other_formats_and_impossible_nets_are_refused() -> None:
    with pytest.raises(UsageError, match="netdef draws svg, png, pdf and dot, not gif"):
        draw.draw_net(message(), "LR", "gif")
    with pytest.raises(DefinitionError, match='bottom "y" is made by no layer'):
        draw.get_pydot_graph(message('layer { name: "r" type: "ReLU" bottom: "y" top: "y" }'), "LR")


def test_colours_are_those_of_the_diagrams() -> None:
    colours = {kind: draw.choose_color_by_layertype(kind) for kind in ("Convolution", "Pooling", "ReLU")}
    assert len(set(colours.values())) == 3
    convolution = NET.replace("InnerProduct", "Convolution").replace(
        "inner_product_param { num_output: 5 }", CONVOLUTION
    )
    net = message(convolution.replace("dim: 2 dim: 3", "dim: 2 dim: 3 dim: 4 dim: 5"))
    assert colours["Convolution"] in draw.get_pydot_graph(net, "LR", phase=TEST).to_string()


def test_multipliers_of_the_learning_rate() -> None:
    layer = caffe_pb2.LayerParameter(name="c", type="Convolution")
    assert draw.get_layer_lr_mult(layer) == "1.0"
    layer.param.add(lr_mult=0.5)
    assert draw.get_layer_lr_mult(layer) == "0.5"
    layer.param.add(lr_mult=2)
    assert draw.get_layer_lr_mult(layer) == "(0.5,2.0)"
    with pytest.raises(ValueError, match="layer 'p' is of type Pooling"):
        draw.get_layer_lr_mult(caffe_pb2.LayerParameter(name="p", type="Pooling"))
