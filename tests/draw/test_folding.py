from collections.abc import Callable

from netdef.draw.folding import hosts
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]

CHAIN = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 5 } }
layer { name: "relu" type: "ReLU" bottom: "y" top: "y" }
layer { name: "drop" type: "Dropout" bottom: "y" top: "y" include { phase: TRAIN } }
layer { name: "out" type: "ReLU" bottom: "y" top: "z" }
"""

TWO_READERS = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "before" type: "ReLU" bottom: "x" top: "y" }
layer { name: "relu" type: "ReLU" bottom: "x" top: "x" }
"""

TWO_SOURCES = """
layer { name: "a" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } include { phase: TRAIN } }
layer { name: "b" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } include { phase: TEST } }
layer { name: "relu" type: "ReLU" bottom: "x" top: "x" }
"""


def test_layers_in_place_stand_with_their_host(graph: MakeGraph) -> None:
    assert hosts([graph(CHAIN, "TRAIN"), graph(CHAIN, "TEST")], {}) == {0: 0, 1: 1, 2: 1, 3: 1, 4: 4}


def test_a_blob_with_another_reader_is_not_folded_over(graph: MakeGraph) -> None:
    assert hosts([graph(TWO_READERS)], {}) == {0: 0, 1: 1, 2: 2}


def test_phases_that_disagree_keep_the_layer_apart(graph: MakeGraph) -> None:
    assert hosts([graph(TWO_SOURCES, "TRAIN")], {}) == {0: 0, 2: 0}
    assert hosts([graph(TWO_SOURCES, "TRAIN"), graph(TWO_SOURCES, "TEST")], {}) == {0: 0, 1: 1, 2: 2}


def test_a_layer_on_another_device_stands_alone(graph: MakeGraph) -> None:
    made = graph(CHAIN, "TRAIN")
    source, inner, relu, drop, out = made.nodes
    near, far = ["0"], ["0", "1"]
    where = {source: near, inner: near, relu: near, drop: far, out: far}
    assert hosts([made], where) == {0: 0, 1: 1, 2: 1, 3: 3, 4: 4}
