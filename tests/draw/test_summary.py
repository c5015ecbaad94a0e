import json
from collections.abc import Callable

import pytest

from netdef.draw.summary import summary
from netdef.graph.graph import Graph
from tests.draw.conftest import MODELS
from tests.draw.placed import SPLIT

MakeGraph = Callable[..., Graph]

SHARED = """
name: "pair"
layer { name: "in" type: "Input" top: "a" top: "b" input_param { shape { dim: 3 dim: 5 } } }
layer { name: "left" type: "InnerProduct" bottom: "a" top: "left"
        param { name: "w" } param { name: "v" } inner_product_param { num_output: 7 } }
layer { name: "right" type: "InnerProduct" bottom: "b" top: "right"
        param { name: "w" } param { name: "v" } inner_product_param { num_output: 7 } }
"""

NORMALIZED = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 5 dim: 7 } } }
layer { name: "bn" type: "BatchNorm" bottom: "x" top: "x" }
"""

UNKNOWN = """
layer { name: "in" type: "Data" top: "x" data_param { source: "nowhere" batch_size: 2 }
        transform_param { crop_size: 9 } }
layer { name: "conv" type: "Convolution" bottom: "x" top: "y" convolution_param { num_output: 4 kernel_size: 3 } }
"""


@pytest.mark.parametrize(
    ("name", "params", "macs"), [("lenet", 431_080, 2_293_000), ("alexnet", 60_965_224, 724_406_816)]
)
@pytest.mark.parametrize(("phase", "stages"), [("TRAIN", ()), ("TEST", ()), ("TEST", ("deploy",))])
def test_published_sizes(
    model: MakeGraph, name: str, params: int, macs: int, phase: str, stages: tuple[str, ...]
) -> None:
    totals = summary(model(name, phase, stages))["totals"]
    assert (totals["params"], totals["macs"]) == (params, macs)


def test_every_key_of_a_layer(model: MakeGraph) -> None:
    layer = {one["name"]: one for one in summary(model("alexnet"))["layers"]}["conv2"]
    assert layer == {
        "name": "conv2",
        "type": "Convolution",
        "device": "0+1",
        "runs_on": ["0", "1"],
        "bottoms": ["pool1"],
        "tops": ["conv2"],
        "top_shapes": {"conv2": [50, 256, 27, 27]},
        "params": [[256, 48, 5, 5], [256]],
        "param_count": 307_456,
        "macs": 223_948_800,
        "line": (MODELS / "alexnet.prototxt").read_text("utf-8").splitlines().index('  name: "conv2"'),
    }


def test_shared_parameters_count_once(graph: MakeGraph) -> None:
    result = summary(graph(SHARED))
    assert [layer["param_count"] for layer in result["layers"]] == [0, 7 * 5 + 7, 0]
    assert result["layers"][2]["params"] == [[7, 5], [7]]
    assert result["totals"]["params"] == 7 * 5 + 7
    assert result["totals"]["macs"] == 2 * 7 * 5


def test_running_statistics_do_not_count(graph: MakeGraph) -> None:
    result = summary(graph(NORMALIZED))
    assert result["layers"][1]["params"] == []
    assert result["totals"]["params"] == 0


def test_in_place_tops_take_no_memory(graph: MakeGraph) -> None:
    assert summary(graph(NORMALIZED))["totals"]["activation_bytes"] == 4 * 2 * 3 * 5 * 7


def test_what_is_not_known_is_null(graph: MakeGraph) -> None:
    result = json.loads(json.dumps(summary(graph(UNKNOWN))))
    assert result["layers"][1]["top_shapes"] == {"y": [2, 4, 7, 7]}
    assert result["layers"][1]["params"] == [[4, None, 3, 3], [4]]
    assert result["totals"] == {"params": None, "macs": None, "activation_bytes": None}


def test_one_device_has_all_and_nothing_crosses(graph: MakeGraph) -> None:
    result = summary(graph(SHARED))
    (device,) = result["devices"]
    assert (device["device"], device["params"], device["macs"]) == ("0", 7 * 5 + 7, 2 * 7 * 5)
    assert result["exchange"] == []
    assert result["exchange_totals"]["bytes_forward"] == 0


def test_layers_run_where_their_bottoms_lie(model: MakeGraph) -> None:
    layers = {layer["name"]: layer for layer in summary(model("alexnet_two_towers"))["layers"]}
    assert (layers["conv1_1"]["device"], layers["conv1_1"]["runs_on"]) == ("1", ["1"])
    assert (layers["loss"]["device"], layers["loss"]["runs_on"]) == (None, ["0"])


def test_copies_of_a_placed_net(graph: MakeGraph) -> None:
    result = summary(graph(SPLIT))
    assert [copy["blob"] for copy in result["exchange"]] == ["x", "conv", "conv", "norm", "norm", "ip"]
    assert result["exchange_totals"] == {
        "bytes_forward": 1448,
        "bytes_backward": 608,
        "bytes_forward_per_pass": 0,
        "bytes_backward_per_pass": 0,
    }
