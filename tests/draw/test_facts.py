from collections.abc import Callable

import pytest

from netdef.draw.facts import cost, losses, options, rates
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]

HEAD = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 dim: 20 dim: 30 } } }'


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ('type: "Convolution" convolution_param { num_output: 6 kernel_size: 3 }', ("3×3 → 6",)),
        (
            'type: "Convolution" convolution_param { num_output: 6 kernel_h: 3 kernel_w: 5 stride: 2 pad_h: 1 pad_w: 0'
            " group: 2 bias_term: false engine: CAFFE }",
            ("3×5, stride 2, pad 1×0 → 6", "no bias", "group 2"),
        ),
        ('type: "Convolution" convolution_param { num_output: 6 kernel_size: 1 group: 1 }', ("1×1 → 6",)),
        ('type: "LRN" lrn_param { k: 2 group: 1 }', ("k 2",)),
        ('type: "ReLU" radial_basis_param { code: ".##." code: "#..#" }', ()),
        ('type: "Pooling" pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 }', ("ave 3×3, stride 2, pad 1",)),
        ('type: "Pooling" pooling_param { global_pooling: true }', ("max, global",)),
        ('type: "InnerProduct" inner_product_param { num_output: 7 weight_filler { type: "xavier" } }', ("→ 7",)),
        ('type: "InnerProduct" inner_product_param { num_output: 7 bias_term: false }', ("→ 7", "no bias")),
        ('type: "ReLU" pooling_param { pool: AVE }', ("ave",)),
        ('type: "ReLU" convolution_param { num_output: 3 }', ("→ 3",)),
        ('type: "Dropout" dropout_param { dropout_ratio: 0.7 }', ("ratio 0.7",)),
        ('type: "ReLU"', ()),
    ],
)
def test_options(graph: MakeGraph, layer: str, words: tuple[str, ...]) -> None:
    node = graph(f'{HEAD} layer {{ name: "it" bottom: "x" top: "y" {layer} }}').nodes[1]
    assert options(node) == words


def test_options_of_sources(model: MakeGraph) -> None:
    assert options(model("alexnet", "TRAIN").nodes[0]) == (
        "data/ilsvrc12_train_lmdb",
        "batch 256",
        "mirror",
        "crop 227",
        "mean value 104 117 123",
    )
    assert options(model("lenet", "TEST", ("deploy",)).nodes[0]) == ("1×1×28×28",)


def test_of_a_long_path_the_last_part_is_shown(graph: MakeGraph) -> None:
    source = "/somewhere/far/away/in/the/depths/of/train_lmdb/"
    text = f'layer {{ name: "d" type: "Data" top: "x" data_param {{ source: "{source}" batch_size: 2 }} }}'
    assert options(graph(text).nodes[0])[0] == "…/train_lmdb"


@pytest.mark.parametrize(
    ("parameters", "macs", "words"),
    [
        (0, 0, ""),
        (10, 0, "10 parameters"),
        (34_944, 105_415_200, "34,944 parameters, 105 M MACs"),
        (None, None, "? parameters, ? MACs"),
    ],
)
def test_cost(parameters: int | None, macs: int | None, words: str) -> None:
    assert cost(parameters, macs) == words


def test_losses(model: MakeGraph) -> None:
    nodes = {node.name: node for node in model("lenet").nodes}
    assert losses(nodes["loss"]) == "loss weight 1"
    assert losses(nodes["accuracy"]) == ""


def test_rates(model: MakeGraph) -> None:
    nodes = {node.name: node for node in model("lenet").nodes}
    assert rates(nodes["conv1"]) == "lr_mult 1 2"
    assert rates(nodes["pool1"]) == ""


def test_running_statistics_have_no_rates(graph: MakeGraph) -> None:
    data = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'
    assert rates(graph(data + 'layer { name: "n" type: "BatchNorm" bottom: "x" top: "y" }').nodes[1]) == ""
