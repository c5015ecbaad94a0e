from __future__ import annotations

import pytest

from netdef.graph.adjoining import adjoining
from netdef.graph.fusion import fused
from netdef.graph.place import place
from netdef.schema import netdef_pb2 as schema
from tests.chains import IMAGES, convolution, maxima
from tests.graph.texts import graph, layer

A, B = convolution("x", "a", "num_output: 3"), convolution("x", "b", "num_output: 6")
RELU = layer("ReLU", "b", "b", name="r")
JOINED = layer("Concat", "a,b", "y")


def places(*texts: str, shown: str = "", alone: str = "") -> dict[str, tuple[str, int, int]]:
    """Return where each blob lies: in which, from which channel on, of how many."""
    plan = place(graph(IMAGES, *texts, phase=schema.TEST))
    values = [value for value in plan.graph.values() if value.name == shown][-1:]
    nodes = [node for node in plan.graph.nodes if node.name == alone]
    found = adjoining(plan, fused(plan, values, nodes), values, nodes)
    return {
        str(piece.content.name): (str(where.joined.content.name), where.start, where.channels)
        for piece, where in found.items()
    }


def test_what_a_concat_alone_reads_lies_one_behind_the_other() -> None:
    assert places(A, B, RELU, JOINED) == {"a": ("y", 0, 9), "b": ("y", 3, 9)}


@pytest.mark.parametrize(
    "texts",
    [
        (A, convolution("x", "b", "num_output: 3"), layer("Concat", "a,b", "y", "concat_param { axis: 2 }")),
        (A, B, JOINED, layer("ReLU", "b", "z")),  # somebody else reads it
        (A, layer("Power", "x", "b"), JOINED),  # no convolution makes it
        (A, B, RELU, maxima("kernel_size: 3 stride: 1 pad: 1", "b"), layer("Concat", "a,p", "y")),
        (A, layer("Concat", "a,a", "y")),  # twice
    ],
)
def test_all_else_is_joined_by_the_concat(texts: tuple[str, ...]) -> None:
    assert places(*texts) == {}


def test_what_is_asked_for_and_layers_that_are_watched_stay_by_themselves() -> None:
    assert places(A, B, JOINED, shown="a") == {}
    assert places(A, B, JOINED, alone="y") == {}
    assert len(places(A, B, JOINED, shown="y")) == 2
