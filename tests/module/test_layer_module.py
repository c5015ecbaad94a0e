from __future__ import annotations

import pytest
import torch

from netdef.layers.base import Context
from netdef.layers.draws import Draws
from netdef.module.layer_module import LayerModule, as_used, lengths
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, layer, node
from tests.nets import numbers
from tests.placed_nets import BOTH, MIXED, SIAMESE, conv, source

TWO = ["cpu:0", "cpu:1"]


def modules(text: str, name: str) -> list[LayerModule]:
    net = Net(graph(text), devices=TWO)
    return net.modules_of(node(net.graph, name).index)


def context(module: LayerModule) -> Context:
    return Context(train=True, draws=Draws(0, module.node.key), state=module.state)


def test_a_part_holds_its_ranges_of_the_blobs() -> None:
    first, second = modules(MIXED.text, "conv")
    assert [blob.shape for blob in second.blobs] == [(4, 4, 3, 3), (4,)]
    assert first.held(0) is not second.held(0)
    assert first.held(2) is None


def test_a_part_leaves_away_what_it_computes_beside_its_range() -> None:
    text = "\n".join([source("data", 2, 8, 3, 4), conv("data", "c", 8, device=BOTH, kernel=1), layer("LRN", "c", "n")])
    first, second = modules(text, "n")
    x = numbers(2, 8, 3, 4)
    (whole,) = first.node.layer.forward(context(first), (), x)
    (low,), (high,) = first(context(first), x[:, :6]), second(context(second), x[:, 2:])
    torch.testing.assert_close(torch.cat([low, high], 1), whole)


def test_what_lies_elsewhere_is_borrowed_for_a_pass() -> None:
    net = Net(graph(SIAMESE.text), devices=TWO)
    (other,) = net.modules_of(node(net.graph, "conv1").index)
    assert other.held(0) is None
    assert other.state == []  # asked for before a pass
    values = net.no_values()
    net({"data0": numbers(3, 2, 5, 6), "data1": numbers(3, 2, 5, 6, seed=1), "same": torch.ones(3)})
    with pytest.raises(KeyError):
        _ = other.blobs
    assert values.tensor(net.plan.held[other.node.blobs[0].parameter][0]).shape == (4, 2, 3, 3)


def test_statistics_are_written_where_they_lie_unless_they_are_frozen() -> None:
    for text, kept in ((MIXED.text, 1.0), (f'layer_group {{ name: "g" freeze: true }} {MIXED.text}', 0.0)):
        frozen = text.replace('name: "bn"', 'name: "bn" in_group: "g"') if kept == 0 else text
        first, _ = modules(frozen, "bn")
        before = first.state
        first.carry([torch.ones_like(tensor) for tensor in before])
        assert first.held(0) is before[0]
        assert before[0].tolist() == [kept] * 4


def test_a_blob_is_seen_in_the_shape_of_its_layer() -> None:
    shared = 'param { name: "w" share_mode: PERMISSIVE }'
    texts = [
        layer("InnerProduct", name, f"{name}_y", f"inner_product_param {{ num_output: {n} bias_term: false }} {shared}")
        for name, n in (("x", 2), ("z", 4))
    ]
    net = graph(source("x", 3, 6), source("z", 5, 3), *texts)
    use = node(net, "z_y").blobs[0]
    assert as_used(numbers(2, 6), use).shape == (4, 3)
    blob = numbers(2, 6)
    assert as_used(blob, node(net, "x_y").blobs[0]) is blob


def test_lengths_are_those_of_a_shape() -> None:
    assert lengths((2, 3)) == (2, 3)


@pytest.mark.parametrize("phase", [schema.TRAIN, schema.TEST])
def test_an_input_is_taken_where_the_source_lies(phase: schema.Phase) -> None:
    net = Net(graph(source("x", 2, 3), phase=phase))
    assert net({"x": numbers(2, 3)}).blobs["x"].device == net.device
