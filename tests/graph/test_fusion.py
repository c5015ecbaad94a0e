from __future__ import annotations

import pytest

from netdef.graph.chains import Chain
from netdef.graph.fusion import fused
from netdef.graph.place import place
from netdef.graph.plan import Compute, Plan
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, inner_product, layer

IMAGES = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 dim: 7 dim: 5 } } }'


def convolution(bottom: str, top: str, options: str = "") -> str:
    return layer("Convolution", bottom, top, f"convolution_param {{ num_output: 4 kernel_size: 1 {options} }}")


def plan_of(*texts: str, phase: schema.Phase = schema.TEST) -> Plan:
    return place(graph(IMAGES, *texts, phase=phase))


def chains(*texts: str, shown: str = "", alone: str = "", phase: schema.Phase = schema.TEST) -> list[str]:
    """Return the names of the layers in each chain of a net, and those of the layers in none."""
    plan = plan_of(*texts, phase=phase)
    values = [value for value in plan.graph.values() if value.name == shown][-1:]
    nodes = [node for node in plan.graph.nodes if node.name == alone]
    return ["+".join(_names(step)) for step in fused(plan, values, nodes)][1:]


def _names(step: object) -> list[str]:
    steps = step.steps if isinstance(step, Chain) else [step]
    return [one.node.name for one in steps if isinstance(one, Compute)]


C, BN = convolution("x", "c"), layer("BatchNorm", "c", "c", name="bn")
SCALE, RELU = layer("Scale", "c", "c", name="s"), layer("ReLU", "c", "c", name="r")


def test_what_follows_a_convolution_elementwise_runs_with_it() -> None:
    assert chains(C, BN, SCALE, RELU, layer("Power", "c", "p")) == ["c+bn+s+r", "p"]


def test_an_inner_product_takes_the_relu_behind_it_along() -> None:
    assert chains(inner_product("x", "i"), layer("ReLU", "i", "r"), inner_product("r", "j")) == ["i+r", "j"]


def test_what_is_asked_for_ends_a_chain() -> None:
    assert chains(C, layer("BatchNorm", "c", "b"), layer("Scale", "b", "s"), shown="b") == ["c+b", "s"]
    assert chains(C, BN, SCALE, RELU, shown="c") == ["c+bn+s+r"]  # in place: only the last version is asked for


def test_a_blob_that_two_read_ends_a_chain() -> None:
    assert chains(C, layer("BatchNorm", "c", "b"), layer("ReLU", "c", "r")) == ["c", "b", "r"]


def test_an_output_with_a_loss_weight_ends_a_chain() -> None:
    weighted = layer("BatchNorm", "c", "b", "loss_weight: 2")
    assert chains(C, weighted, layer("ReLU", "b", "r")) == ["c+b", "r"]


def test_a_layer_that_is_alone_is_in_no_chain() -> None:
    assert chains(C, BN, SCALE, RELU, alone="s") == ["c+bn", "s", "r"]
    assert chains(C, BN, SCALE, RELU, alone="c") == ["c", "bn+s+r"]


def test_a_sum_runs_with_the_last_of_its_bottoms() -> None:
    other = layer("BatchNorm", "x", "o")
    total, relu = layer("Eltwise", "a,b", "y"), layer("ReLU", "y", "y", name="r")
    assert chains(convolution("x", "a"), convolution("x", "b"), total, relu) == ["a", "b+y+r"]
    assert chains(convolution("x", "a"), other, layer("Eltwise", "a,o", "y"), relu) == ["o", "a+y+r"]


def test_the_chain_of_a_sum_reads_both_bottoms_at_its_end() -> None:
    plan = plan_of(convolution("x", "a"), layer("BatchNorm", "x", "o"), layer("Eltwise", "a,o", "y"))
    (chain,) = (step for step in fused(plan) if isinstance(step, Chain) and len(step.steps) > 1)
    assert chain.addend is not None
    assert chain.addend[0].piece.content in plan.graph.nodes[2].tops
    blobs = {piece.content for piece in chain.reads} & set(plan.graph.values())
    assert sorted(blob.name for blob in blobs if not isinstance(blob, str)) == ["o", "x"]
    assert [piece.content for piece in chain.makes] == list(plan.graph.nodes[3].tops)


@pytest.mark.parametrize(
    "behind",
    [
        layer("Eltwise", "c,c", "y"),
        layer("Eltwise", "c,x", "y", "eltwise_param { operation: MAX }"),
        layer("Eltwise", "c,x", "y", "eltwise_param { coeff: 1 coeff: -1 }"),
        layer("Eltwise", "c,x,x", "y"),
        layer("Scale", "c,x", "y", "scale_param { axis: 0 }"),
        layer("Scale", "c", "y", "scale_param { axis: 2 }"),
        layer("Bias", "c", "y", "bias_param { num_axes: 2 }"),
        layer("BatchNorm", "c", "y", "batch_norm_param { use_global_stats: false }"),
        layer("Sigmoid", "c", "y"),
    ],
)
def test_what_is_not_linear_by_channels_stays_apart(behind: str) -> None:
    assert chains(C, behind) == ["c", "y"]


OTHERS = convolution("x", "c", "axis: 2"), C.replace("Convolution", "Deconvolution")


@pytest.mark.parametrize("head", OTHERS)
def test_layers_of_other_axes_and_types_begin_no_chain(head: str) -> None:
    assert chains(head, RELU) == ["c", "r"]


def test_nothing_but_maxima_follows_a_relu() -> None:
    maxima = "pooling_param { kernel_size: 3 stride: 2 %s }"
    assert chains(C, RELU, BN, SCALE) == ["c+r", "bn+s"]
    assert chains(C, RELU, layer("Pooling", "c", "p", maxima % ""), SCALE.replace('"c"', '"p"')) == ["c+r+p", "s"]
    assert chains(C, RELU, layer("Pooling", "c", "p", maxima % "pool: AVE")) == ["c+r", "p"]
    assert chains(C, RELU, layer("Pooling", "c", "p,places", maxima % "")) == ["c+r", "p"]
    assert chains(C, layer("Pooling", "c", "p", maxima % "")) == ["c", "p"]
    assert chains(C, RELU, layer("Pooling", "c", "p", maxima % ""), shown="c") == ["c+r", "p"]


def test_a_chain_without_a_linear_layer_has_two_at_least() -> None:
    assert chains(layer("BatchNorm", "x", "b"), layer("ReLU", "b", "r")) == ["b+r"]
    steps = fused(plan_of(layer("BatchNorm", "x", "b")))
    assert not any(isinstance(step, Chain) for step in steps)
