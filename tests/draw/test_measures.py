from collections.abc import Callable

from netdef.draw.measures import Measures, total
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]

UNKNOWN_AXES = """
layer { name: "in" type: "Input" top: "x" }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 5 } }
layer { name: "relu" type: "ReLU" bottom: "y" top: "z" }
"""


def test_total() -> None:
    assert total([2, 3, 5]) == 10
    assert total([2, None, 5]) is None


def test_item_leaves_out_the_batch_alone(model: MakeGraph) -> None:
    measures = Measures(model("lenet"))
    assert measures.batch == 100
    assert measures.item((100, 20, 24, 24)) == (20, 24, 24)
    assert measures.item((20, 24)) == (20, 24)
    assert measures.item(()) == ()
    assert measures.item(None) is None


def test_macs_do_not_depend_on_the_batch(model: MakeGraph) -> None:
    train, test = model("lenet", "TRAIN"), model("lenet", "TEST")
    macs = [Measures(graph).macs(graph.nodes[1]) for graph in (train, test)]
    assert macs == [288_000, 288_000]


def test_a_net_fed_from_nothing_has_a_batch_too(graph: MakeGraph) -> None:
    text = """
        layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 4 } } }
        layer { name: "d" type: "DummyData" top: "x" dummy_data_param { shape { dim: 7 dim: 3 } } }
    """
    assert Measures(graph(text)).batch == 7


def test_a_net_without_sources_has_no_batch(graph: MakeGraph) -> None:
    assert Measures(graph('name: "empty"')).batch is None


def test_where_even_the_axes_are_unknown_so_are_the_numbers(graph: MakeGraph) -> None:
    made = graph(UNKNOWN_AXES)
    measures = Measures(made)
    numbers = [(measures.parameters(n), measures.macs(n), measures.activation_bytes(n)) for n in made.nodes]
    assert numbers == [(0, 0, None), (None, None, None), (0, 0, None)]
