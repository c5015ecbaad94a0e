from __future__ import annotations

import numpy as np
import torch

from netdef.schema import netdef_pb2 as schema
from netdef.weights.saved_layers import saved_net
from tests.weights.conftest import CONVOLUTION, MakeNet, product, to_channels_last


def test_splits_stand_where_a_blob_has_two_readers(make_net: MakeNet) -> None:
    layers = saved_net(make_net(product("a") + product("b"))).layers
    assert [layer.message.name for layer in layers] == ["data", "data_data_0_split", "a", "b"]
    split = layers[1].message
    assert split.type == "Split"
    assert list(split.top) == ["data_data_0_split_0", "data_data_0_split_1"]
    assert list(layers[3].message.bottom) == ["data_data_0_split_1"]
    assert layers[1].blobs == ()


def test_the_phase_and_a_losss_weight_are_filled_in(make_net: MakeNet) -> None:
    loss = 'layer { name: "l" type: "EuclideanLoss" bottom: "a" bottom: "b" top: "l" }'
    layers = saved_net(make_net(product("a") + product("b") + loss, phase=schema.TRAIN)).layers
    assert {layer.message.phase for layer in layers} == {schema.TRAIN}
    assert list(layers[-1].message.loss_weight) == [1]


def test_a_layers_own_phase_and_options_stay(make_net: MakeNet) -> None:
    message = saved_net(make_net(product("a", more="phase: TRAIN"))).layers[1].message
    assert message.phase == schema.TRAIN
    assert message.inner_product_param.num_output == 4


def test_statistics_are_said_not_to_be_learned(make_net: MakeNet) -> None:
    more = 'layer { name: "n" type: "BatchNorm" bottom: "a" top: "n" param { name: "mean" lr_mult: 0 } }'
    message = saved_net(make_net(product("a") + more)).layers[-1].message
    assert [(param.name, param.lr_mult) for param in message.param] == [("mean", 0), ("", 0), ("", 0)]


def test_a_shared_blob_is_owned_once(make_net: MakeNet) -> None:
    shared = 'param { name: "w" } param { }'
    net = make_net(product("a", outputs=3, more=shared) + product("b", "a", outputs=3, more=shared))
    _, a, b = saved_net(net).layers
    assert [blob.owned for blob in a.blobs] == [True, True]
    assert [blob.owned for blob in b.blobs] == [False, True]
    np.testing.assert_array_equal(a.blobs[0].values(), b.blobs[0].values())


def test_values_are_float32_in_row_order_whatever_they_are_in_memory(make_net: MakeNet) -> None:
    net = make_net(CONVOLUTION)
    before = net.blobs_of("c")[0].detach().clone()
    to_channels_last(net)
    values = saved_net(net).layers[-1].blobs[0].values()
    assert values.flags.c_contiguous
    np.testing.assert_array_equal(values, before)


def test_half_precision_is_saved_as_float32_and_double_as_double(make_net: MakeNet) -> None:
    net = make_net(product("a"))
    for dtype, saved, size in ((torch.bfloat16, np.float32, 48), (torch.float64, np.float64, 96)):
        blob = saved_net(net.to(dtype)).layers[1].blobs[0]
        assert blob.values().dtype == saved
        assert blob.bytes == blob.values().nbytes == size


def test_a_missing_gradient_is_zero(make_net: MakeNet) -> None:
    net = make_net(product("a"))
    weights = net.blobs_of("a")[0]
    weights.grad = torch.full_like(weights, 2)
    saved = saved_net(net).layers[1].blobs
    assert (saved[0].diff() == 2).all()
    assert (saved[1].diff() == 0).all()
    assert saved[1].diff().shape == (4,)
