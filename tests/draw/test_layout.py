from collections.abc import Callable

from netdef.draw.exchange import Traffic
from netdef.draw.layout import Layout, Part
from netdef.draw.measures import Measures
from netdef.graph.graph import Graph
from tests.draw.placed import SPLIT

MakeGraph = Callable[..., Graph]


def test_one_device_has_nothing_to_tell(model: MakeGraph) -> None:
    made = model("lenet")
    layout = Layout(made, Measures(made))
    assert (layout.loads(), layout.parts(made.nodes[1]), layout.read(made.nodes[1], 0)) == ([], (), ())
    assert layout.traffic() == Traffic(0, 0)


def test_parts_have_their_channels(graph: MakeGraph) -> None:
    made = graph(SPLIT)
    layout = Layout(made, Measures(made))
    parts = {node.name: layout.parts(node) for node in made.nodes}
    assert parts["in"] == parts["loss"] == (Part("0"),)
    assert parts["conv"] == parts["norm"] == (Part("0", "0–3"), Part("1", "4–7"))
    assert parts["ip"] == (Part("0", "0–1"), Part("1", "2–3"))
    assert [load["device"] for load in layout.loads()] == ["0", "1"]
    assert layout.traffic() == Traffic(1448, 608)
