import re
from collections.abc import Callable

from netdef.draw.box_label import box_label
from netdef.draw.diagram import Box, diagram
from netdef.graph.graph import Graph
from tests.draw.placed import SPLIT

MakeGraph = Callable[..., Graph]

NORMALIZED = """
layer_group { name: "still" freeze: true }
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 5 dim: 7 } } }
layer { name: "conv" type: "Convolution" bottom: "x" top: "y" convolution_param { num_output: 4 kernel_size: 3 }
        device: "0" in_group: "still" }
layer { name: "scale" type: "Scale" bottom: "y" top: "y" }
layer { name: "relu" type: "ReLU" bottom: "y" top: "y" device: "0" in_group: "still" }
"""


def box(graph: Graph, name: str) -> Box:
    return next(box for box in diagram([graph]).boxes if box.node.name == name)


def words(label: str) -> list[str]:
    """Return what a label shows, row by row."""
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", line)).strip()
        for line in label.split("</TR>")
        if re.search(r">[^<]", line)
    ]


def test_a_box_in_full(graph: MakeGraph) -> None:
    conv = box(graph(NORMALIZED), "conv")
    assert words(box_label(conv, compact=False)) == [
        "conv Convolution 0",
        "3×3 → 4",
        "112 parameters, 1.62 k MACs",
        "frozen",
        "scale Scale, 4 parameters",
        "relu ReLU",
    ]


def test_a_compact_box_counts_the_parameters_of_all(graph: MakeGraph) -> None:
    conv = box(graph(NORMALIZED), "conv")
    assert words(box_label(conv, compact=True)) == [
        "conv Convolution 0",
        "3×3 → 4",
        "116 parameters, 1.62 k MACs",
        "frozen",
        "Scale ReLU",
    ]


def test_many_options_take_several_lines(model: MakeGraph) -> None:
    lines = words(box_label(box(model("alexnet", "TRAIN"), "data"), compact=False))
    assert lines == ["data Data", "data/ilsvrc12_train_lmdb, batch 256", "mirror, crop 227", "mean value 104 117 123"]


def test_learning_rate_multipliers(graph: MakeGraph) -> None:
    text = NORMALIZED.replace("freeze: true", "lr_mult: 3").replace('"y" }', '"y" param { lr_mult: 0.5 } }')
    conv = box(graph(text), "conv")
    lines = words(box_label(conv, compact=False, with_rates=True))
    assert lines[2:] == [
        "112 parameters, 1.62 k MACs",
        "lr_mult 3 3",
        "scale Scale, 4 parameters, lr_mult 0.5",
        "relu ReLU",
    ]


def test_a_placed_layer_leaves_its_device_to_the_strips(graph: MakeGraph) -> None:
    conv = box(graph(SPLIT), "conv")
    assert words(box_label(conv, compact=False))[0] == "conv Convolution"
