from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.pycaffe import TRAIN, Net
from netdef.pycaffe.layer_step import LayerStep
from netdef.pycaffe.run import Run
from tests.pycaffe.conftest import Write
from tests.pycaffe.texts import BRANCHES


@pytest.fixture
def net(write: Write) -> Net:
    net = Net(write(BRANCHES), TRAIN)
    net.blobs["x"].data[...] = np.array([[1, -2, 3], [0.5, 4, -1]])
    return net


def step(net: Net, name: str) -> LayerStep:
    found = net.layer_dict[name]
    assert isinstance(found, LayerStep)
    return found


def test_a_layer_runs_on_its_blobs_alone(net: Net) -> None:
    layer = step(net, "e")
    net.blobs["t"].data[...] = 3
    net.blobs["p"].data[...] = 4
    layer.forward(Run())
    assert (net.blobs["e"].data == 7).all()
    assert not net.blobs["a"].data.any()


def test_views_taken_before_see_what_is_computed_after(net: Net) -> None:
    view = net.blobs["t"].data
    net.forward()
    np.testing.assert_allclose(view, np.tanh(net.blobs["a"].data), rtol=1e-5)
    assert view.any()


def test_backward_without_forward_takes_the_blobs_as_they_are(net: Net) -> None:
    net.blobs["a_r_0_split_1"].data[...] = 3
    net.blobs["p"].diff[...] = 1
    step(net, "p").backward(Run())
    assert (net.blobs["a_r_0_split_1"].diff == 6).all()
    assert not net.blobs["p"].data.any()


def test_backward_reads_what_was_written_since(net: Net) -> None:
    net.forward()
    net.blobs["p"].diff[...] = 1
    net.blobs["a_r_0_split_1"].data[...] = 5
    step(net, "p").backward(Run())
    assert (net.blobs["a_r_0_split_1"].diff == 10).all()


def test_what_was_overwritten_in_place_is_remembered(net: Net) -> None:
    net.forward()
    net.blobs["a"].diff[...] = 1
    net.blobs["a"].data[...] = -1
    before = net.blobs["x"].data @ net.params["a"][0].data.T + net.params["a"][1].data
    step(net, "r").backward(Run())
    np.testing.assert_array_equal(net.blobs["a"].diff, before > 0)


def test_backward_can_be_run_again(net: Net) -> None:
    net.forward()
    net.backward()
    found = net.blobs["x"].diff.copy()
    net.backward()
    np.testing.assert_allclose(net.blobs["x"].diff, found)


def test_without_gradients_nothing_is_kept(net: Net) -> None:
    with torch.no_grad():
        net.forward()
    assert all(layer._record is None for layer in net.layers if isinstance(layer, LayerStep))


def test_the_tops_shape_is_the_rules(net: Net) -> None:
    layer = step(net, "a")
    net.blobs["x"].reshape(7, 3)
    layer.reshape()
    assert net.blobs["a"].shape == (7, 4)


NORM = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 4 dim: 3 } } }
layer { name: "bn" type: "BatchNorm" bottom: "x" top: "y" }
"""


def test_statistics_are_carried_on_in_the_blobs(write: Write) -> None:
    net = Net(write(NORM), TRAIN)
    mean, _, factor = net.params["bn"]
    view = mean.data
    for _ in range(2):
        net.forward(x=np.full((4, 3), 6.0))
    np.testing.assert_allclose(view, 6 * (1 + 0.999), rtol=1e-5)
    np.testing.assert_allclose(factor.data, [1.999], rtol=1e-5)


RECURRENT = """
force_backward: true
layer { name: "x" type: "Input" top: "x" top: "cont"
  input_param { shape { dim: 1 dim: 2 dim: 3 } shape { dim: 1 dim: 2 } } }
layer { name: "rnn" type: "RNN" bottom: "x" bottom: "cont" top: "y"
  recurrent_param { num_output: 2 weight_filler { type: "uniform" min: 0.5 max: 1 } } }
"""


def test_hidden_state_goes_on_from_pass_to_pass(write: Write) -> None:
    net = Net(write(RECURRENT), TRAIN)
    x = np.full((1, 2, 3), 0.1)
    begun = net.forward(x=x, cont=np.zeros((1, 2)))["y"].copy()
    gone_on = net.forward(x=x, cont=np.ones((1, 2)))["y"].copy()
    assert (gone_on != begun).all()
    np.testing.assert_allclose(net.forward(x=x, cont=np.zeros((1, 2)))["y"], begun)


def test_recurrent_layers_give_gradients_that_nobody_asked_for(write: Write) -> None:
    text = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 2 dim: 4 } } }
        layer { name: "c" type: "Input" top: "c" input_param { shape { dim: 3 dim: 2 } } }
        layer { name: "l" type: "LSTM" bottom: "x" bottom: "c" top: "y"
          recurrent_param { num_output: 2 weight_filler { type: "uniform" } } }
        layer { name: "s" type: "Reduction" bottom: "y" top: "s" loss_weight: 1 }
    """
    net = Net(write(text), TRAIN)
    net.blobs["x"].data[...] = 1
    net.forward()
    net.backward()
    assert net.blobs["x"].diff.all()
    assert not net.blobs["c"].diff.any()
