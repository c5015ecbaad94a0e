from collections.abc import Callable

from netdef.draw.loads import Load, loads, places
from netdef.draw.measures import Measures, total
from netdef.draw.summary import summary
from netdef.graph.graph import Graph
from netdef.graph.place import place
from tests.draw.placed import SHARED, SPLIT

MakeGraph = Callable[..., Graph]

NORMALIZED = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 6 dim: 5 dim: 7 } } }
layer { name: "bn" type: "BatchNorm" bottom: "x" top: "bn" device: "0" device: "1" }
layer { name: "still" type: "InnerProduct" bottom: "bn" top: "still" device: "1"
        param { lr_mult: 0 } param { lr_mult: 0 } inner_product_param { num_output: 3 } }
"""

UNKNOWN = """
layer { name: "in" type: "Input" top: "x" device: "0" }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" device: "1" inner_product_param { num_output: 5 } }
"""


def of(graph: Graph) -> list[Load]:
    return loads(place(graph), Measures(graph))


def test_each_device_has_its_parts(graph: MakeGraph) -> None:
    params = (4 * 6 * 3 * 3 + 4) + (2 * 120 + 2)
    macs = 4 * 6 * 3 * 3 * 3 * 5 + 2 * 120
    halves = 4 * 2 * (4 * 3 * 5 + 4 * 3 * 5 + 2)
    copied = 4 * 2 * (3 * 5 + 4 * 3 * 5)
    source_and_loss = 4 * 2 * 6 * 5 * 7 + 4
    assert of(graph(SPLIT)) == [
        Load(
            device="0",
            params=params,
            macs=macs,
            activation_bytes=halves + source_and_loss,
            copied_bytes=copied + 4 * 2 * 2,
            training_bytes=3 * 4 * params,
        ),
        Load(
            device="1",
            params=params,
            macs=macs,
            activation_bytes=halves,
            copied_bytes=copied + 4 * 2 * 6 * 5 * 7,
            training_bytes=3 * 4 * params,
        ),
    ]


def test_devices_add_up_to_the_net(model: MakeGraph) -> None:
    for name in ("alexnet", "alexnet_two_towers"):
        net = summary(model(name))
        devices, totals = net["devices"], net["totals"]
        assert total(load["params"] for load in devices) == totals["params"]
        assert total(load["macs"] for load in devices) == totals["macs"]
        assert total(load["activation_bytes"] for load in devices) == totals["activation_bytes"]


def test_shared_parameters_lie_on_one_device(graph: MakeGraph) -> None:
    assert [load["params"] for load in of(graph(SHARED))] == [12 * 210, 0]
    assert of(graph(SHARED))[1]["copied_bytes"] == 4 * 2 * 6 * 5 * 7 + 4 * 12 * 210


def test_statistics_and_frozen_parameters_have_no_gradient(graph: MakeGraph) -> None:
    statistics, still = 2 * (3 + 3 + 1), 2 * (3 * 210 + 3)
    assert [load["params"] for load in of(graph(NORMALIZED))] == [0, 3 * 210 + 3]
    assert [load["training_bytes"] for load in of(graph(NORMALIZED))] == [4 * statistics, 4 * (statistics + still)]


def test_where_layers_run(graph: MakeGraph) -> None:
    found = {node.name: devices for node, devices in places(place(graph(SPLIT))).items()}
    both = ["0", "1"]
    assert found == {"in": ["0"], "conv": both, "relu": both, "norm": both, "ip": both, "loss": ["0"]}


def test_what_is_not_known_is_none(graph: MakeGraph) -> None:
    near, far = of(graph(UNKNOWN))
    assert (near["params"], near["activation_bytes"], near["training_bytes"]) == (0, None, 0)
    assert (far["params"], far["macs"], far["copied_bytes"], far["training_bytes"]) == (None, None, None, None)
