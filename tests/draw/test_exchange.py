from collections.abc import Callable

import pytest

from netdef.draw.exchange import Crossing, Traffic, crossings, traffic
from netdef.draw.measures import Measures
from netdef.graph.graph import Graph
from netdef.graph.place import place
from netdef.layers.channels import Range
from tests.draw.placed import HEAD, SHARED, SPLIT

MakeGraph = Callable[..., Graph]


def of(graph: Graph) -> list[Crossing]:
    return crossings(place(graph), Measures(graph).batch)


def rows(graph: Graph) -> list[tuple[object, ...]]:
    return [(each.name, _ends(each.range), each.source, each.target, each.forward, each.backward) for each in of(graph)]


def _ends(taken: Range | None) -> tuple[int, int] | None:
    return None if taken is None else (taken.start, taken.stop)


def test_whole_blobs_halos_and_halves(graph: MakeGraph) -> None:
    channel, row = 4 * 3 * 5, 4 * 8 * 3 * 5 // 2
    assert rows(graph(SPLIT)) == [
        ("x", None, "0", "1", 4 * 6 * 5 * 7, 0),
        ("conv", (3, 4), "0", "1", channel, channel),
        ("conv", (4, 5), "1", "0", channel, channel),
        ("norm", (0, 4), "0", "1", row, row),
        ("norm", (4, 8), "1", "0", row, row),
        ("ip", (2, 4), "1", "0", 4 * 2, 4 * 2),
    ]


def test_shared_parameters_cross_once_a_pass(graph: MakeGraph) -> None:
    found = of(graph(SHARED))
    weights = [crossing for crossing in found if not crossing.per_item]
    assert [(c.name, c.forward, c.backward) for c in weights] == [("ip0[0]", 4 * 12 * 210, 4 * 12 * 210)]
    assert traffic(found, per_item=False) == Traffic(4 * 12 * 210, 4 * 12 * 210)
    assert traffic(found, per_item=True) == Traffic(4 * 6 * 5 * 7 + 4 * 12, 4 * 12)


def test_a_blob_without_the_batch_crosses_once_a_pass(graph: MakeGraph) -> None:
    scalar = """
layer { name: "sum" type: "Reduction" bottom: "x" top: "sum" device: "0" }
layer { name: "far" type: "Power" bottom: "sum" top: "far" device: "1" }"""
    (crossing,) = of(graph(HEAD + scalar))
    assert (crossing.forward, crossing.per_item) == (4, False)


def test_what_is_not_known_is_none(graph: MakeGraph) -> None:
    unknown = """
layer { name: "in" type: "Input" top: "x" device: "0" }
layer { name: "far" type: "ReLU" bottom: "x" top: "far" device: "1" }"""
    (crossing,) = of(graph(unknown))
    assert (crossing.forward, crossing.per_item) == (None, True)


PAPER = {
    "data": (4 * 3 * 224 * 224, 0),
    "pool2": (2 * 4 * 128 * 13 * 13, 2 * 4 * 128 * 13 * 13),
    "pool5": (2 * 4 * 128 * 6 * 6, 2 * 4 * 128 * 6 * 6),
    "fc6": (2 * 4 * 2048, 2 * 4 * 2048),
    "fc7": (2 * 4 * 2048, 2 * 4 * 2048),
    "fc8": (4 * 500, 4 * 500),
}


@pytest.mark.parametrize("blob", PAPER)
def test_the_scheme_of_the_alexnet_paper(model: MakeGraph, blob: str) -> None:
    found = of(model("alexnet_paper"))
    assert {crossing.name for crossing in found} == set(PAPER)
    own = [crossing for crossing in found if crossing.name == blob]
    assert traffic(own, per_item=True) == Traffic(*PAPER[blob])
