from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest

from netdef.errors import DefinitionError, UsageError, WeightsError
from netdef.pycaffe import TEST, TRAIN, Net
from tests.pycaffe.conftest import GOLDEN, Write
from tests.pycaffe.texts import ALL_IN_ONE, BRANCHES, LEARNER


def test_views_outlive_their_net(write: Write) -> None:
    net = Net(write(LEARNER), TRAIN)
    views = [blob.data for blobs in net.params.values() for blob in blobs]
    views += [blob.diff for blob in net.blobs.values()]
    before = sum(float(view.sum()) for view in views)
    del net
    gc.collect()
    assert sum(float(view.sum()) for view in views) == before


def test_a_nets_memory_goes_with_it(write: Write) -> None:
    net = Net(write(LEARNER), TRAIN)
    net.forward()
    went = weakref.ref(net._net)
    gc.disable()
    try:
        del net
        assert went() is None
    finally:
        gc.enable()


def test_parameters_begin_as_their_fillers_say(write: Write) -> None:
    net = Net(write(LEARNER), TRAIN)
    assert list(net.params) == ["conv", "ip"]
    assert [blob.shape for blob in net.params["conv"]] == [(6, 2, 2, 2), (6,)]
    assert (net.params["conv"][1].data == 2).all()
    assert net.params["ip"][0].data.std() == pytest.approx(2.5, rel=0.2)


def test_a_seed_makes_nets_alike(write: Write) -> None:
    path = write(LEARNER)
    one, other = Net(path, TRAIN), Net(path, TRAIN)
    np.testing.assert_array_equal(one.params["ip"][0].data, other.params["ip"][0].data)
    assert one.forward() == other.forward()


@pytest.mark.parametrize("name", ["weights.caffemodel", "weights.caffemodel.h5"])
def test_saved_weights_are_read_again(write: Write, tmp_path: Path, name: str) -> None:
    path = write(LEARNER)
    net = Net(path, TRAIN)
    net.params["conv"][0].data[...] = np.arange(48).reshape(6, 2, 2, 2)
    saved = tmp_path / name
    net.save(saved)
    for again in (Net(path, TRAIN, weights=saved), Net(str(path), str(saved), TEST)):
        for layer, blobs in net.params.items():
            for blob, found in zip(blobs, again.params[layer], strict=True):
                np.testing.assert_array_equal(found.data, blob.data)


def test_a_net_without_a_phase_is_refused(write: Write) -> None:
    with pytest.raises(TypeError, match=r"a file and weights, but no phase: caffe\.Net\(file, weights, caffe\.TEST\)"):
        Net(write(LEARNER), "net.caffemodel")


def test_hdf5_keeps_gradients_where_it_is_asked(write: Write, tmp_path: Path) -> None:
    import h5py

    net = Net(write(LEARNER), TRAIN)
    net.params["ip"][1].diff[...] = 5
    net.save_hdf5(tmp_path / "net.h5", write_diff=True)
    with h5py.File(tmp_path / "net.h5") as file:
        assert (file["diff/ip/1"][...] == 5).all()
    net.params["ip"][1].data[...] = 1
    net.load_hdf5(tmp_path / "net.h5")
    assert (net.params["ip"][1].data == -3).all()


def test_weights_that_do_not_fit_are_an_exception(write: Write, tmp_path: Path) -> None:
    net = Net(write(LEARNER), TRAIN)
    net.save(tmp_path / "w.caffemodel")
    other = Net(write(LEARNER.replace("num_output: 7", "num_output: 8")), TRAIN)
    with pytest.raises(WeightsError, match='layer "ip": blob 0 is 7×120 in the file, 8×120 in the net'):
        other.copy_from(tmp_path / "w.caffemodel")
    with pytest.raises(WeightsError, match="no such file"):
        net.copy_from(tmp_path / "absent.caffemodel")


def test_nets_share_parameters_in_one_memory(write: Write) -> None:
    one, other = Net(write(LEARNER), TRAIN), Net(write(LEARNER, "other.prototxt"), TEST)
    one.params["ip"][0].data[...] = 3
    other.params["conv"][1].diff[...] = 9
    other.share_with(one)
    assert (other.params["ip"][0].data == 3).all()
    other.params["ip"][0].data[0, 0] = 4
    assert one.params["ip"][0].data[0, 0] == 4
    assert not one.params["conv"][1].diff.any()
    np.testing.assert_allclose(one.forward()["loss"], other.forward()["loss"], rtol=1e-5)


def test_layers_of_other_shapes_share_nothing(write: Write) -> None:
    one, other = Net(write(LEARNER), TRAIN), Net(write(LEARNER.replace("num_output: 7", "num_output: 8"), "o"), TRAIN)
    with pytest.raises(UsageError, match=r'layer "ip" cannot share .*: 7×120, 7 there, 8×120, 8 here'):
        other.share_with(one)


def test_cleared_gradients_are_zero(write: Write) -> None:
    net = Net(write(LEARNER), TRAIN)
    net.forward()
    net.backward()
    once = net.params["ip"][0].diff.copy()
    assert once.any()
    net.backward()
    np.testing.assert_allclose(net.params["ip"][0].diff, 2 * once, rtol=1e-5)
    net.clear_param_diffs()
    assert not any(blob.diff.any() for blobs in net.params.values() for blob in blobs)


def test_one_file_holds_the_nets_of_all_phases(write: Write) -> None:
    path = write(ALL_IN_ONE)
    train, val = Net(path, TRAIN), Net(path, TEST, stages=["val"])
    deploy = Net(path, TEST, stages=["deploy"])
    assert [net.outputs for net in (train, val, deploy)] == [["loss"], ["loss"], ["pred"]]
    assert [net.blobs["data"].shape for net in (train, val, deploy)] == [(2, 5), (3, 5), (1, 5)]
    assert deploy.inputs == ["data"]
    with pytest.raises(DefinitionError, match='bottom "data" is made by no layer before it'):
        Net(path, TEST)


STAGED = """
layer { name: "d" type: "Input" top: "data" input_param { shape { dim: 1 dim: 2 } } }
layer { name: "first" type: "InnerProduct" bottom: "data" top: "first" inner_product_param { num_output: 3 }
  include { stage: "A" } }
layer { name: "second" type: "InnerProduct" bottom: "data" top: "second" inner_product_param { num_output: 3 }
  include { stage: "B" min_level: 1 } include { stage: "A" stage: "B" } }
layer { name: "zeroth" type: "InnerProduct" bottom: "data" top: "zeroth" inner_product_param { num_output: 3 }
  include { max_level: 0 } }
"""


@pytest.mark.parametrize(
    ("level", "stages", "layers"),
    [
        (0, [], ["zeroth"]),
        (1, [], []),
        (0, ["A"], ["first", "zeroth"]),
        (0, ["B"], ["zeroth"]),
        (1, ["B"], ["second"]),
        (0, ["A", "B"], ["first", "second", "zeroth"]),
    ],
)
def test_levels_and_stages_choose_layers(write: Write, level: int, stages: list[str], layers: list[str]) -> None:
    net = Net(write(STAGED), TEST, level=level, stages=stages)
    assert [name for name in net._layer_names if name in {"first", "second", "zeroth"}] == layers


def test_arrays_in_memory_come_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    arrays = dict(np.load("data/memory_data.npz"))
    net = Net("data/memory_data.prototxt", TRAIN)
    net.set_input_arrays(arrays["data"], arrays["label"].ravel())
    for number in range(5):
        net.forward()
        for name in ("data", "label"):
            np.testing.assert_array_equal(net.blobs[name].data, arrays[f"batch{number}/{name}"])


def test_arrays_need_a_layer_that_takes_them(write: Write) -> None:
    with pytest.raises(UsageError, match="the net's first layer is none"):
        Net(write(BRANCHES), TEST).set_input_arrays(np.zeros((1, 1, 1, 1)), np.zeros(1))


def test_errors_of_the_file_come_with_their_places(write: Write) -> None:
    path = write(BRANCHES.replace('type: "TanH"', 'type: "Tanh"'))
    with pytest.raises(DefinitionError, match=rf'{path}:10:\d+: unknown layer type "Tanh"|did you mean "TanH"'):
        Net(path, TEST)
