from __future__ import annotations

import pytest

from netdef.errors import UsageError
from netdef.graph.counterparts import counterparts
from netdef.graph.graph import Graph
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import IMAGES, graph, inner_product, layer

NAMED = 'param { name: "w" }'


def pairs(mine: Graph, other: Graph) -> list[tuple[str, int]]:
    """The owner and index of the other net's parameter for each of mine, None where it has none."""
    found = counterparts(mine, other)
    return [(found[each].owner, found[each].index) if each in found else ("none", 0) for each in mine.parameters]


def test_layers_of_one_name_have_one_set_of_parameters() -> None:
    train = graph(IMAGES, layer("BatchNorm", "x", "n"), inner_product("n", "y"))
    test = graph(IMAGES, inner_product("x", "y"), inner_product("y", "head"), layer("BatchNorm", "x", "n"))
    assert pairs(test, train) == [("y", 0), ("y", 1), ("none", 0), ("none", 0), ("n", 0), ("n", 1), ("n", 2)]


def test_a_shared_parameter_is_found_by_any_of_its_layers() -> None:
    one = inner_product("x", "a", 4, f"{NAMED} include {{ phase: TRAIN }}")
    other = inner_product("x", "b", 4, NAMED)
    train, test = graph(IMAGES, one, other), graph(IMAGES, one, other, phase=schema.TEST)
    assert pairs(test, train) == [("a", 0), ("b", 1)]


def test_layers_of_one_name_have_each_its_like() -> None:
    texts = [IMAGES, inner_product("x", "a", 4, name="twin"), inner_product("a", "b", 6, name="twin")]
    mine, other = graph(*texts), graph(*texts)
    found = counterparts(mine, other)
    assert [other.parameters.index(found[each]) for each in mine.parameters] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("there", "here", "words"),
    [
        (inner_product("x", "y"), inner_product("x", "y", 6), "4×3, 4 there, 6×3, 6 here"),
        (
            inner_product("x", "y"),
            layer("InnerProduct", "x", "y", "inner_product_param { num_output: 4 bias_term: false }"),
            "4×3, 4 there, 4×3 here",
        ),
        (inner_product("x", "y"), layer("ReLU", "x", "y"), "4×3, 4 there, none here"),
        (layer("BatchNorm", "x", "y"), layer("Scale", "x", "y"), "3, 3, 1 there, 3 here"),
    ],
)
def test_layers_of_one_name_with_other_blobs_are_refused(there: str, here: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        counterparts(graph(IMAGES, here), graph(IMAGES, there))
    assert str(caught.value) == f'layer "y" cannot share its blobs with the other net: {words}'


def test_statistics_are_no_weights_though_they_have_one_shape() -> None:
    three = layer("Scale", "x", "y", "scale_param { bias_term: true }")
    with pytest.raises(UsageError, match="cannot share its blobs"):
        counterparts(graph(IMAGES, layer("BatchNorm", "x", "y")), graph(IMAGES, three))


def test_unknown_lengths_may_agree() -> None:
    missing = 'layer { name: "d" type: "Data" top: "x" data_param { source: "nowhere" batch_size: 5 } }'
    assert pairs(graph(missing, inner_product("x", "y")), graph(IMAGES, inner_product("x", "y"))) == [
        ("y", 0),
        ("y", 1),
    ]


def test_a_layer_of_whose_bottoms_nothing_is_known_is_left_out() -> None:
    no_shape = 'layer { name: "in" type: "Input" top: "x" }'
    assert counterparts(graph(no_shape, inner_product("x", "y")), graph(IMAGES, inner_product("x", "y"))) == {}
