from collections.abc import Callable

from netdef.draw.diagram import Diagram, diagram
from netdef.graph.graph import Graph
from tests.draw.placed import SPLIT

MakeGraph = Callable[..., Graph]

TWICE = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "sum" type: "Eltwise" bottom: "x" bottom: "x" top: "y" }
"""


def both(model: MakeGraph, name: str) -> Diagram:
    return diagram([model(name, "TRAIN"), model(name, "TEST")])


def test_boxes_of_both_phases_in_file_order(model: MakeGraph) -> None:
    drawn = both(model, "lenet")
    names = [box.node.name for box in drawn.boxes]
    assert names == ["mnist", "mnist", "conv1", "pool1", "conv2", "pool2", "ip1", "ip2", "accuracy", "loss"]
    assert [box.only for box in drawn.boxes] == ["phase TRAIN", "phase TEST", *[""] * 6, "phase TEST", ""]
    assert [[each.node.name for each in box.folded] for box in drawn.boxes][6] == ["relu1"]


def test_one_phase_alone_has_no_marks(model: MakeGraph) -> None:
    assert {box.only for box in diagram([model("lenet")]).boxes} == {""}


def test_arrows(model: MakeGraph) -> None:
    drawn = both(model, "lenet")
    arrows = [(a.tail.node.layer.message.include[0].phase, a.head.node.name, a.blob, a.shape, a.learning)
              for a in drawn.arrows if a.tail.node.name == "mnist"]  # fmt: skip
    assert sorted(arrows) == [
        (0, "conv1", "data", "1×28×28", True),
        (0, "loss", "label", "()", False),
        (1, "accuracy", "label", "()", False),
        (1, "conv1", "data", "1×28×28", True),
        (1, "loss", "label", "()", False),
    ]
    assert len(drawn.arrows) == 5 + 5 + 2


def test_an_arrow_passes_the_layers_folded_between(model: MakeGraph) -> None:
    arrow = next(arrow for arrow in both(model, "lenet").arrows if arrow.head.node.name == "ip2")
    assert (arrow.tail.node.name, arrow.shape) == ("ip1", "500")


def test_a_blob_read_twice_has_two_arrows(graph: MakeGraph) -> None:
    assert len(diagram([graph(TWICE)]).arrows) == 2


def test_loose_ends(model: MakeGraph) -> None:
    ends = diagram([model("lenet", "TEST", ("deploy",))]).loose_ends
    assert [(end.tail.node.name, end.blob, end.shape) for end in ends] == [("prob", "prob", "10")]
    assert both(model, "lenet").loose_ends == []


def test_equal_phases_share_a_note(model: MakeGraph) -> None:
    notes = both(model, "caffenet").notes
    assert notes == ["phases TRAIN and TEST: 60,965,224 parameters, 724 M MACs for one item"]


def test_a_placed_net_tells_of_its_devices(graph: MakeGraph) -> None:
    drawn = diagram([graph(SPLIT)])
    assert drawn.notes[0].endswith("; 1.45 kB copied between devices, 608 B come back as gradients")
    assert drawn.devices == ["0", "1"]
    conv = next(box for box in drawn.boxes if box.node.name == "conv")
    assert [part.channels for part in conv.parts] == ["0–3", "4–7"]
    halo = next(arrow for arrow in drawn.arrows if arrow.head.node.name == "norm")
    assert [strand.lines[-1] for strand in halo.strands] == ["4×3×5", "60 B", "60 B", "4×3×5"]
