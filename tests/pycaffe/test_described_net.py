from __future__ import annotations

import pytest

from netdef.pycaffe import TRAIN, Net
from netdef.pycaffe.blob_vec import BlobVec
from tests.pycaffe.conftest import Write
from tests.pycaffe.texts import BRANCHES

COPIES = ["a_r_0_split_0", "a_r_0_split_1"]


@pytest.fixture
def net(write: Write) -> Net:
    return Net(write(BRANCHES), TRAIN)


def test_inputs_and_outputs(net: Net) -> None:
    assert (net.name, net.inputs, net.outputs) == ("branches", ["x"], ["z"])
    assert (net._inputs, net._outputs) == ([0], [len(net.blobs) - 1])


def test_tops_and_bottoms_of_all_layers_with_caffes_splits(net: Net) -> None:
    assert list(net.top_names) == ["x", "a", "r", "a_r_0_split", "t", "p", "e", "z"]
    assert net.top_names["r"] == ["a"]
    assert net.bottom_names["r"] == ["a"]
    assert net.top_names["a_r_0_split"] == COPIES
    assert [net.bottom_names[layer] for layer in ("t", "p", "e")] == [COPIES[:1], COPIES[1:], ["t", "p"]]


def test_blobs_are_in_the_order_of_their_making(net: Net) -> None:
    assert list(net.blobs) == ["x", "a", *COPIES, "t", "p", "e", "z"]
    assert net._blob_names == list(net.blobs)
    assert net.blob_loss_weights == {**dict.fromkeys(net.blobs, 0.0), "z": 0.5}
    assert net._blob_loss_weights == list(net.blob_loss_weights.values())


def test_layers_have_types_and_blobs(net: Net) -> None:
    assert [layer.type for layer in net.layers][1:4] == ["InnerProduct", "ReLU", "Split"]
    assert net.layer_dict["a"] is net.layers[1]
    assert [blob.shape for blob in net.layer_dict["a"].blobs] == [(4, 3), (4,)]
    assert net.layers[1].blobs[0] is net.params["a"][0]
    assert type(net.params["a"]) is BlobVec
    assert list(net.params) == ["a"]


def test_ids_count_the_blobs(net: Net) -> None:
    assert (net._bottom_ids(2), net._top_ids(2)) == ([1], [1])
    assert net._bottom_ids(6) == [4, 5]
    assert net._blobs[4] is net.blobs["t"]
