from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from netdef.errors import WeightsError
from netdef.graph.build import build
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net
from netdef.weights.caffemodel import read_caffemodel
from netdef.weights.hdf5 import read_hdf5, write_hdf5
from netdef.weights.load import load_weights
from netdef.weights.saved_layers import saved_net
from tests.weights.conftest import GOLDEN, MakeNet, product

SHARED = 'param { name: "w" } param { }'


def contents(path: Path) -> dict[str, object]:
    """Every group, and every dataset with its shape, type and bytes."""
    found: dict[str, object] = {}

    def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
        is_dataset = isinstance(item, h5py.Dataset)
        found[name] = (item.shape, item.dtype.str, item[()].tobytes()) if is_dataset else "group"

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return found


def test_a_saved_net_equals_the_one_that_caffe_saved(tmp_path: Path) -> None:
    caffes = GOLDEN / "upgrade/finetune_saved.caffemodel.h5"
    message = load_net(GOLDEN / "upgrade/finetune.prototxt").message
    net = Net(build(message, schema.NetState(phase=schema.TEST)))
    load_weights(net, caffes)
    write_hdf5(saved_net(net), tmp_path / "mine.caffemodel.h5")
    assert contents(tmp_path / "mine.caffemodel.h5") == contents(caffes)


@pytest.mark.parametrize("solver", ["adadelta", "adagrad", "adam", "nesterov", "rmsprop", "sgd"])
def test_caffes_two_formats_hold_the_same_layers(solver: str) -> None:
    binary = read_caffemodel(GOLDEN / f"snapshots/{solver}_bin_iter_6.caffemodel")
    hdf5 = read_hdf5(GOLDEN / f"snapshots/{solver}_h5_iter_6.caffemodel.h5")
    blobs = {layer.name: layer.blobs for layer in hdf5.layers}
    assert blobs.keys() == {layer.name for layer in binary.layers}
    for layer in binary.layers:
        for one, other in zip(layer.blobs, blobs[layer.name], strict=True):
            np.testing.assert_array_equal(one, other)


def test_names_with_slashes_are_groups_in_groups(make_net: MakeNet, tmp_path: Path) -> None:
    net = make_net(product("in/a/3x3") + product("in", "in/a/3x3", outputs=5))
    path = tmp_path / "s.caffemodel.h5"
    write_hdf5(saved_net(net), path)
    assert contents(path)["data/in/a/3x3/0"][0] == (4, 3)  # type: ignore[index]
    found = {layer.name: layer.blobs for layer in read_hdf5(path).layers}
    assert found.keys() == {"data", "in", "in/a/3x3"}
    np.testing.assert_array_equal(found["in/a/3x3"][0], net.blobs_of("in/a/3x3")[0].detach())
    np.testing.assert_array_equal(found["in"][0], net.blobs_of("in")[0].detach())


def test_a_shared_blob_is_saved_with_its_owner_alone(make_net: MakeNet, tmp_path: Path) -> None:
    net = make_net(product("a", outputs=3, more=SHARED) + product("b", "a", outputs=3, more=SHARED))
    path = tmp_path / "s.caffemodel.h5"
    write_hdf5(saved_net(net), path)
    assert {"data/a/0", "data/a/1", "data/b/1"} <= contents(path).keys()
    assert "data/b/0" not in contents(path)
    blobs = {layer.name: layer.blobs for layer in read_hdf5(path).layers}["b"]
    assert blobs[0] is None
    assert blobs[1] is not None


def test_gradients_are_saved_on_request(make_net: MakeNet, tmp_path: Path) -> None:
    net = make_net(product("a"))
    weights = net.blobs_of("a")[0]
    weights.grad = torch.full_like(weights, 3)
    write_hdf5(saved_net(net), tmp_path / "d.caffemodel.h5", diffs=True)
    found = contents(tmp_path / "d.caffemodel.h5")
    assert found["diff/a/0"] == ((4, 3), "<f4", np.full(12, 3, np.float32).tobytes())
    assert found["diff/data"] == "group"


def test_two_layers_of_one_name_are_refused_and_nothing_is_left(make_net: MakeNet, tmp_path: Path) -> None:
    net = make_net(product("a") + product("a", "a").replace('top: "a"', 'top: "b"'))
    with pytest.raises(WeightsError, match=r'layer "a" cannot be a group of its own.*\n +give each layer another name'):
        write_hdf5(saved_net(net), tmp_path / "x.caffemodel.h5")
    assert list(tmp_path.iterdir()) == []


def test_a_solver_state_is_refused_by_its_kind() -> None:
    with pytest.raises(WeightsError, match=r"is a solver state, not weights\n.*--snapshot"):
        read_hdf5(GOLDEN / "snapshots/adam_h5_iter_6.solverstate.h5")


def test_a_file_of_data_is_refused_with_what_it_holds() -> None:
    with pytest.raises(WeightsError, match=r"no group /data.* it holds data, target"):
        read_hdf5(GOLDEN / "solvers/data0.h5")
