from __future__ import annotations

import numpy as np
import pytest
import torch
from google.protobuf import text_format

from netdef.graph.build import build
from netdef.net import Net
from netdef.pycaffe.buffered_net import BufferedNet
from netdef.schema import netdef_pb2 as schema
from tests.pycaffe.texts import BRANCHES

X = torch.tensor([[1.0, -2, 3], [0.5, 4, -1]])


@pytest.fixture
def net() -> BufferedNet:
    state = schema.NetState(phase=schema.TRAIN)
    return BufferedNet(build(text_format.Parse(BRANCHES, schema.NetParameter()), state), seed=3)


def test_it_computes_what_every_net_does(net: BufferedNet) -> None:
    plain = Net(net.graph, seed=3)
    mine, theirs = net({"x": X}, keep=["t"]), plain({"x": X}, keep=["t"])
    assert list(mine.blobs) == list(theirs.blobs) == ["z", "t"]
    for name in mine.blobs:
        torch.testing.assert_close(mine.blobs[name], theirs.blobs[name].detach())
    torch.testing.assert_close(mine.loss, theirs.loss, check_dtype=True)
    mine.loss.backward()
    theirs.loss.backward()
    for parameter, tensor in net.tensors.items():
        torch.testing.assert_close(tensor.grad, plain.tensors[parameter].grad)


def test_gradients_add_up_until_they_are_cleared(net: BufferedNet) -> None:
    grads = [tensor.grad for tensor in net.tensors.values()]
    for _ in range(2):
        net({"x": X}).loss.backward()
    twice = [grad.clone() for grad in grads if grad is not None]
    net.zero_grad(set_to_none=True)
    assert not any(grad.any() for grad in grads if grad is not None)
    net({"x": X}).loss.backward()
    for grad, double in zip(grads, twice, strict=True):
        assert grad is not None
        torch.testing.assert_close(2 * grad, double)


def test_what_is_not_given_is_taken_from_the_blobs(net: BufferedNet) -> None:
    dict(net.executor.blobs)["x"].data[...] = np.asarray(X)
    torch.testing.assert_close(net({}).loss, net({"x": X}).loss)


def test_a_net_may_share_anothers_parameters(net: BufferedNet) -> None:
    other = BufferedNet(net.graph, share=net)
    net.held.of(net.graph.nodes[1])[0].blob.data[...] = 0.25
    torch.testing.assert_close(other({"x": X}).loss, net({"x": X}).loss)


def test_without_gradients_nothing_is_kept_for_backward(net: BufferedNet) -> None:
    with torch.no_grad():
        assert not net({"x": X}).loss.requires_grad
