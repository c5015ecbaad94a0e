from collections.abc import Callable

from netdef.draw.measures import Measures, total
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]


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


def test_a_net_without_sources_has_no_batch(graph: MakeGraph) -> None:
    assert Measures(graph('name: "empty"')).batch is None
