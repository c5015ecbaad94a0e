from collections.abc import Callable

from netdef.draw.diagram import diagram
from netdef.draw.tooltip import tooltip
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]


def test_everything_in_full(model: MakeGraph) -> None:
    boxes = {box.node.name: box for box in diagram([model("alexnet", "TRAIN"), model("alexnet")]).boxes}
    first, *others = tooltip(boxes["fc8"])
    assert first.startswith('layer "fc8" (InnerProduct), line ')
    assert others == [
        "→ 1000",
        "4,097,000 parameters, 4.10 M MACs",
        "fc8: 256×1000",
        "on 0+1",
        "in classifier",
    ]
    assert tooltip(boxes["accuracy"])[-1] == "only in phase TEST"
    assert any(line.startswith('layer "drop6" (Dropout), line ') for line in tooltip(boxes["fc6"]))
