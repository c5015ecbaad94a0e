from __future__ import annotations

import pytest

from netdef.graph.chains import Chain, Role
from netdef.graph.joining import joined
from netdef.graph.place import place
from netdef.graph.plan import Compute
from netdef.schema import netdef_pb2 as schema
from tests.chains import BN, IMAGES, RELU, SCALE, C, convolution
from tests.graph.texts import graph, layer


def chains(*texts: str, shown: str = "", alone: str = "") -> list[str]:
    """Return the names of the layers in each chain of a train net, and those of the layers in none."""
    plan = place(graph(IMAGES, *texts, phase=schema.TRAIN))
    values = [value for value in plan.graph.values() if value.name == shown][-1:]
    nodes = [node for node in plan.graph.nodes if node.name == alone]
    return ["+".join(_names(step)) for step in joined(plan, values, nodes)][1:]


def _names(step: object) -> list[str]:
    steps = step.steps if isinstance(step, Chain) else [step]
    return [one.node.name for one in steps if isinstance(one, Compute)]


def test_scale_goes_into_the_normalization_and_a_relu_over_both() -> None:
    assert chains(C, BN, SCALE, RELU, convolution("c", "d")) == ["c", "bn+s+r", "d"]


def test_the_file_need_not_say_in_place() -> None:
    names = layer("BatchNorm", "c", "b"), layer("Scale", "b", "s"), layer("ReLU", "s", "r")
    assert chains(C, *names) == ["c", "b+s+r"]


def test_a_relu_writes_over_what_a_linear_layer_or_a_scale_has_made() -> None:
    assert chains(C, RELU, layer("InnerProduct", "c", "i", "inner_product_param { num_output: 3 }")) == ["c+r", "i"]
    assert chains(layer("Scale", "x", "c", name="s"), RELU) == ["s+r"]
    assert chains(layer("Bias", "x", "c", name="b"), layer("Bias", "c", "c", name="d"), RELU) == ["b", "d+r"]


def test_a_sum_is_added_to_the_last_of_its_bottoms() -> None:
    other, total, relu = convolution("x", "o"), layer("Eltwise", "o,c", "y"), layer("ReLU", "y", "y", name="r")
    assert chains(other, C, BN, SCALE, total, relu) == ["o", "c", "bn+s+y+r"]
    assert chains(C, other, total, relu) == ["c", "o+y+r"]
    assert chains(C, RELU, layer("Eltwise", "x,c", "y"), relu) == ["c+r", "y+r"]
    assert chains(C, layer("Eltwise", "c,c", "y"), relu) == ["c", "y+r"]


def test_a_normalization_reads_what_it_normalizes_once_more() -> None:
    assert chains(C, BN, layer("BatchNorm", "c", "c", name="bm"), SCALE) == ["c", "bn", "bm+s"]
    assert chains(C, RELU, BN) == ["c+r", "bn"]


MAXIMA = "pooling_param { kernel_size: 3 stride: 2 %s }"


def test_maxima_are_taken_before_they_are_rectified() -> None:
    pooled = layer("Pooling", "c", "p", MAXIMA % "")
    assert chains(C, BN, SCALE, RELU, pooled, convolution("p", "d")) == ["c", "bn+s+r+p", "d"]
    assert chains(C, RELU, layer("Pooling", "c", "p", MAXIMA % "pool: AVE")) == ["c+r", "p"]
    assert chains(C, RELU, layer("Pooling", "c", "p,places", MAXIMA % "")) == ["c+r", "p"]
    assert chains(C, pooled, layer("ReLU", "p", "p", name="r")) == ["c+p", "r"]
    assert chains(C, BN, pooled) == ["c", "bn", "p"]
    assert chains(C, RELU, pooled, shown="c") == ["c+r", "p"]


@pytest.mark.parametrize(
    "behind",
    [
        layer("ReLU", "c", "y", "relu_param { negative_slope: -1 }"),
        layer("Sigmoid", "c", "y"),
        layer("Scale", "c", "y", "scale_param { axis: 2 }"),
        layer("Scale", "c,x", "y", "scale_param { axis: 0 }"),
        layer("Bias", "c", "y"),
        layer("Eltwise", "c,x", "y", "eltwise_param { operation: PROD }"),
        layer("Eltwise", "c,x", "y", "eltwise_param { coeff: 1 coeff: 2 }"),
    ],
)
def test_others_stay_apart(behind: str) -> None:
    assert chains(C, BN, behind) == ["c", "bn", "y"]


def test_what_somebody_else_wants_is_not_written_over() -> None:
    named = C, layer("BatchNorm", "c", "b"), layer("Scale", "b", "s"), layer("ReLU", "s", "r")
    assert chains(*named, shown="b") == ["c", "b", "s+r"]
    assert chains(*named, shown="s") == ["c", "b+s", "r"]
    assert chains(*named, shown="c") == chains(*named, shown="r") == ["c", "b+s+r"]
    assert chains(*named, layer("TanH", "s", "t")) == ["c", "b+s", "r", "t"]
    assert chains(*named, alone="s") == ["c", "b", "s", "r"]


def test_a_group_that_is_recomputed_is_not_joined_with_what_is_not() -> None:
    group = 'layer_group { name: "g" checkpoint: true }'
    inside = [text.replace("{ name", '{ in_group: "g" name', 1) for text in (BN, SCALE, RELU)]
    assert chains(group, C, *inside) == ["c", "bn+s+r"]
    assert chains(group, C, *inside[:2], RELU) == ["c", "bn+s", "r"]


def test_a_chain_knows_its_roles() -> None:
    plan = place(graph(IMAGES, C, BN, SCALE, layer("Eltwise", "x,c", "y"), layer("ReLU", "y", "y", name="r")))
    (chain,) = (step for step in joined(plan) if isinstance(step, Chain))
    assert chain.roles == (Role.NORMALIZATION, Role.AFFINE, Role.SUM, Role.RECTIFIER)
