from __future__ import annotations

import numpy as np
import pytest
from google.protobuf import text_format

from netdef.errors import UsageError
from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.net import Net
from netdef.pycaffe.held_blobs import HeldBlobs
from netdef.schema import netdef_pb2 as schema

SHARED = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "a" type: "InnerProduct" bottom: "x" top: "a" param { name: "w" } param { lr_mult: 0 }
  inner_product_param { num_output: 3 } }
layer { name: "b" type: "InnerProduct" bottom: "a" top: "b" param { name: "w" }
  inner_product_param { num_output: 3 } }
layer { name: "n" type: "BatchNorm" bottom: "b" top: "n" }
"""


def graph(text: str = SHARED) -> Graph:
    return build(text_format.Parse(text, schema.NetParameter()), schema.NetState(phase=schema.TRAIN))


@pytest.fixture
def net() -> Net:
    return Net(graph(), channels_last=False)


def test_blobs_are_the_nets_own_tensors(net: Net) -> None:
    held = HeldBlobs(net)
    (weight, bias), (same, _) = (held.of(node) for node in net.graph.nodes[1:3])
    weight.blob.data[...] = 5
    weight.blob.diff[...] = 2
    assert (net.blobs_of("a")[0] == 5).all()
    assert np.shares_memory(weight.blob.data, same.blob.data)
    assert np.shares_memory(weight.blob.diff, same.blob.diff)
    gradient = next(iter(net.tensors.values())).grad
    assert gradient is not None
    assert (gradient == 2).all()
    assert (weight.learned, weight.learns, bias.learned, bias.learns) == (True, True, True, False)


def test_statistics_are_not_learned(net: Net) -> None:
    assert [held.learned for held in HeldBlobs(net).of(net.graph.nodes[3])] == [False] * 3


def test_a_net_with_anothers_tensors_has_its_blobs(net: Net) -> None:
    other = Net(graph(), share=net, channels_last=False)
    first = HeldBlobs(net)
    second = HeldBlobs(other, first)
    first.of(net.graph.nodes[1])[0].blob.diff[...] = 3
    found = second.of(other.graph.nodes[1])[0].blob
    assert (found.diff == 3).all()


def test_values_can_be_shared_later(net: Net) -> None:
    other = Net(graph(), channels_last=False)
    mine, theirs = HeldBlobs(net), HeldBlobs(other)
    blob = mine.of(net.graph.nodes[1])[0].blob
    mine.share_values(net.graph.nodes[1], other.graph.nodes[1], theirs)
    theirs.of(other.graph.nodes[1])[0].blob.data[...] = 4
    assert (blob.data == 4).all()
    assert (net.blobs_of("a")[0] == 4).all()
    with pytest.raises(UsageError, match='layer "a" cannot share'):
        mine.share_values(net.graph.nodes[1], other.graph.nodes[3], theirs)


def test_bringing_home_makes_the_tensors_the_newest(net: Net) -> None:
    held = HeldBlobs(net)
    blob = held.of(net.graph.nodes[1])[0].blob
    blob.data[...] = 6
    held.bring_home()
    assert (net.blobs_of("a")[0] == 6).all()
