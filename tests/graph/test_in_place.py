from __future__ import annotations

from netdef.graph.in_place import spoilt_in_caffe
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer

LOSS = layer("SoftmaxWithLoss", "s,label", "loss")
LEARNER = inner_product("x", "h")
SIGMOID = layer("Sigmoid", "h", "s")


def spoilt(*texts: str) -> list[tuple[str, str]]:
    nodes = graph(IMAGES, LABELS, *texts).nodes
    return [(node.name, writer.name) for node, writer in spoilt_in_caffe(nodes)]


def test_a_top_that_backward_reads_and_a_layer_above_overwrites() -> None:
    assert spoilt(LEARNER, SIGMOID, layer("ReLU", "s", "s", name="r"), LOSS) == [("s", "r")]


def test_nothing_is_spoilt_where_the_layer_above_has_a_top_of_its_own() -> None:
    assert spoilt(LEARNER, SIGMOID, layer("ReLU", "s", "t", name="r"), layer("Silence", "t"), LOSS) == []


def test_nothing_is_spoilt_where_backward_reads_no_top() -> None:
    assert spoilt(inner_product("x", "s"), layer("ReLU", "s", "s", name="r"), LOSS) == []


def test_nothing_is_spoilt_without_a_backward_pass() -> None:
    assert spoilt(layer("Sigmoid", "x", "s"), layer("ReLU", "s", "s", name="r"), LOSS) == []


def test_other_readers_of_the_top_do_not_matter() -> None:
    aside = layer("Silence", "s")
    assert spoilt(LEARNER, SIGMOID, aside, layer("ReLU", "s", "s", name="r"), LOSS) == [("s", "r")]
