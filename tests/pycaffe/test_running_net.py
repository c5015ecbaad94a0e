from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from netdef.errors import UsageError
from netdef.pycaffe import TEST, TRAIN, Net
from tests.pycaffe.conftest import Write
from tests.pycaffe.texts import BRANCHES, LEARNER

Golden = dict[str, NDArray[np.float64]]


@pytest.fixture
def classifier(golden: Golden) -> Net:
    return Net("pycaffe/classifier.prototxt", "pycaffe/classifier.caffemodel", TEST)


@pytest.fixture
def branches(write: Write) -> Net:
    net = Net(write(BRANCHES), TRAIN)
    net.blobs["x"].data[...] = np.array([[1, -2, 3], [0.5, 4, -1]])
    return net


def test_arrays_of_any_length_run_in_batches(classifier: Net, golden: Golden) -> None:
    found = classifier.forward_all(blobs=["fc"], data=golden["forward_all/data"])
    assert sorted(found) == ["fc", "prob"]
    for name in found:
        np.testing.assert_allclose(found[name], golden[f"forward_all/{name}"], rtol=1e-4, atol=1e-6)


def test_forward_ends_where_it_is_told(classifier: Net, golden: Golden) -> None:
    found = classifier.forward(end="c", data=golden["forward_all/data"][:4])
    assert list(found) == golden["forward_end_c/keys"].tolist()
    np.testing.assert_allclose(found["c"], golden["forward_end_c/c"], rtol=1e-4, atol=1e-5)


def test_forward_starts_where_it_is_told(classifier: Net, golden: Golden) -> None:
    classifier.forward(end="c", data=golden["forward_all/data"][:4])
    classifier.blobs["prob"].data[...] = 0
    found = classifier.forward(start="fc")
    np.testing.assert_allclose(found["prob"], golden["forward_start_fc/prob"], rtol=1e-4, atol=1e-6)
    classifier.blobs["fc"].data[...] = 1
    np.testing.assert_allclose(classifier.forward(start="prob", end="prob")["prob"], 1 / 6, rtol=1e-5)


def test_a_part_gives_its_last_layers_tops_and_its_first_layers_bottoms(write: Write) -> None:
    net = Net(write(LEARNER), TRAIN)
    net.blobs["conv"].data[...] = 1
    found = net.forward(start="ip", end="ip")
    assert list(found) == ["ip_blob"]
    wanted = net.params["ip"][0].data.sum(1) + net.params["ip"][1].data
    np.testing.assert_allclose(found["ip_blob"], np.tile(wanted, (5, 1)), rtol=1e-4)
    net.blobs["ip_blob"].diff[...] = 1
    back = net.backward(start="ip", end="ip")
    assert list(back) == ["conv"]
    np.testing.assert_allclose(back["conv"][0].ravel(), net.params["ip"][0].data.sum(0), rtol=1e-4)


def test_another_batch_size_goes_through_the_net(classifier: Net, golden: Golden) -> None:
    classifier.blobs["data"].reshape(2, 3, 18, 18)
    classifier.reshape()
    assert classifier.blobs["prob"].shape == (2, 6)
    classifier.blobs["data"].data[...] = golden["forward_all/data"][4:6]
    np.testing.assert_allclose(classifier.forward()["prob"], golden["reshaped/prob"], rtol=1e-4, atol=1e-6)


def test_results_are_views_of_the_blobs(branches: Net) -> None:
    view = branches.blobs["e"].data
    found = branches.forward()
    assert set(found) == {"z"}
    assert float(found["z"]) == pytest.approx(float(view.sum()), rel=1e-5)
    assert np.shares_memory(branches.forward(blobs=["e"])["e"], view)


def test_the_loss_is_weighted_and_its_gradient_is_the_weight(branches: Net) -> None:
    assert branches.blobs["z"].diff == pytest.approx(0.5)
    assert branches._forward(0, len(branches.layers) - 1) == pytest.approx(0.5 * float(branches.blobs["z"].data))


def test_backward_gives_the_gradients_of_the_inputs(branches: Net) -> None:
    branches.forward()
    found = branches.backward(diffs=["t"])
    a = branches.blobs["a"].data
    slope = 0.5 * ((1 - np.tanh(a) ** 2) + 2 * a) * (a > 0)
    np.testing.assert_allclose(found["x"], slope @ branches.params["a"][0].data, rtol=1e-4)
    np.testing.assert_allclose(found["t"], np.full((2, 4), 0.5))
    np.testing.assert_allclose(branches.params["a"][1].diff, slope.sum(0), rtol=1e-4)


def test_backward_starts_and_ends_where_it_is_told(branches: Net) -> None:
    branches.forward()
    branches.blobs["p"].diff[...] = 1
    found = branches.backward(start="p", end="p")
    (bottom,) = branches.bottom_names["p"]
    assert list(found) == [bottom]
    np.testing.assert_allclose(found[bottom], 2 * branches.blobs["a"].data)
    assert not branches.blobs["x"].diff.any()
    assert not branches.params["a"][0].diff.any()


def test_gradients_of_the_outputs_may_be_given(branches: Net) -> None:
    branches.forward()
    branches.backward()
    once = branches.blobs["x"].diff.copy()
    branches.backward(z=np.array(1.0))
    np.testing.assert_allclose(branches.blobs["x"].diff, 2 * once, rtol=1e-5)


def test_rows_and_gradients_of_whole_arrays(write: Write) -> None:
    net = Net(write(BRANCHES.split('layer { name: "z"')[0]), TRAIN)
    x, slopes = np.random.default_rng(1).normal(size=(2, 5, 3)), np.ones((5, 4))
    values, gradients = net.forward_backward_all(blobs=["t"], diffs=["a"], x=x[0], e=slopes)
    assert {name: array.shape for name, array in values.items()} == {"e": (5, 4), "t": (5, 4)}
    assert {name: array.shape for name, array in gradients.items()} == {"x": (5, 3), "a": (5, 4)}
    net.forward(x=x[0][2:4])
    np.testing.assert_allclose(values["t"][2:4], net.blobs["t"].data, rtol=1e-5)


def test_each_layer_is_told_of(branches: Net) -> None:
    seen: list[tuple[str, int]] = []
    branches.before_forward(lambda number: seen.append(("before", number)))
    branches.after_forward(lambda number: seen.append(("after", number)))
    branches.before_backward(lambda number: seen.append(("back", number)))
    branches.after_backward(lambda number: seen.append(("done", number)))
    branches.forward(end="a")
    branches.backward(start="a")
    numbers = [0, 1]
    assert seen[:4] == [(when, number) for number in numbers for when in ("before", "after")]
    assert seen[4:] == [(when, number) for number in reversed(numbers) for when in ("back", "done")]


def test_data_layers_give_new_numbers_each_time(write: Write) -> None:
    net = Net(write(LEARNER), TRAIN)
    net.forward()
    first = net.blobs["data"].data.copy()
    net.forward(start="conv")
    np.testing.assert_array_equal(net.blobs["data"].data, first)
    net.forward()
    assert (net.blobs["data"].data != first).all()


def test_what_does_not_fit_is_told(branches: Net) -> None:
    with pytest.raises(UsageError, match='the net has no layer "eltwise"'):
        branches.forward(end="eltwise")
    with pytest.raises(UsageError, match="arrays are given for y, but the net's inputs are x"):
        branches.forward(y=np.zeros((2, 3)))
    with pytest.raises(UsageError, match=r'blob "x" has 2 rows, the array 3: net.blobs\["x"\].reshape'):
        branches.forward(x=np.zeros((3, 3)))
    with pytest.raises(UsageError, match='has no blob "w"; it has: x, a, '):
        branches.forward(blobs=["w"])
    with pytest.raises(UsageError, match="arrays are given for e, but the net's outputs are z"):
        branches.backward(e=np.zeros((2, 4)))
