import re
from collections.abc import Callable

from netdef.draw.diagram import diagram
from netdef.draw.legend import head
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]


def words(label: str) -> list[str]:
    return [text for text in re.split(r"<[^>]*>", label) if text]


def test_title_sizes_signs_and_kinds(model: MakeGraph) -> None:
    assert words(head(diagram([model("lenet", "TRAIN"), model("lenet")]))) == [
        "LeNet",
        "phases TRAIN and TEST: 431,080 parameters, 2.29 M MACs for one item",
        "dashed box: not in every phase",
        "dashed arrow: no gradient comes back",
        *("data", "convolution", "inner product", "pooling", "activation", "loss", "metric"),
    ]


def test_only_what_is_there_is_explained(model: MakeGraph) -> None:
    assert not [line for line in words(head(diagram([model("lenet", "TEST", ("deploy",))]))) if "dashed" in line]


def test_a_net_without_layers_has_a_title(graph: MakeGraph) -> None:
    assert words(head(diagram([graph('name: "<empty>"')])))[0] == "&lt;empty&gt;"
