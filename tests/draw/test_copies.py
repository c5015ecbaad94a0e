from collections.abc import Callable

from netdef.draw.copies import copy_summary, copy_totals
from netdef.draw.exchange import crossings
from netdef.graph.graph import Graph
from netdef.graph.place import place
from tests.draw.placed import SHARED

MakeGraph = Callable[..., Graph]


def test_a_copy_and_the_sums(graph: MakeGraph) -> None:
    found = crossings(place(graph(SHARED)), 2)
    assert copy_summary(found[0]) == {
        "blob": "ip0[0]",
        "from": "0",
        "to": "1",
        "channels": None,
        "bytes_forward": 10_080,
        "bytes_backward": 10_080,
        "per": "pass",
    }
    assert copy_totals(found) == {
        "bytes_forward": 840 + 48,
        "bytes_backward": 48,
        "bytes_forward_per_pass": 10_080,
        "bytes_backward_per_pass": 10_080,
    }


def test_channels_are_the_first_and_the_one_behind(model: MakeGraph) -> None:
    found = crossings(place(model("alexnet_paper")), 50)
    assert [copy_summary(crossing)["channels"] for crossing in found if crossing.name == "pool2"] == [
        [0, 128],
        [128, 256],
    ]
