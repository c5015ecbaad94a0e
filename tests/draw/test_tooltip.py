from collections.abc import Callable

from netdef.draw.diagram import diagram
from netdef.draw.tooltip import tooltip
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]


def test_everything_in_full(model: MakeGraph) -> None:
    boxes = {box.node.name: box for box in diagram([model("alexnet", "TRAIN"), model("alexnet")]).boxes}
    assert tooltip(boxes["fc8"]) == [
        'layer "fc8" (InnerProduct)',
        "→ 1000",
        "4,097,000 parameters, 4.10 M MACs",
        "fc8: 256×1000",
        "on 0+1",
        "in classifier",
    ]
    assert tooltip(boxes["accuracy"])[-1] == "only in phase TEST"
    assert 'layer "drop6" (Dropout)' in tooltip(boxes["fc6"])
