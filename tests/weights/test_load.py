from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.errors import WeightsError
from netdef.graph.build import build
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net
from netdef.weights.file import save_weights
from netdef.weights.load import load_weights, split_paths
from tests.weights.conftest import CONVOLUTION, MakeNet, product, to_channels_last


def golden_net(path: Path) -> Net:
    return Net(build(load_net(path).message, schema.NetState(phase=schema.TEST)))


def test_fine_tuning_leaves_what_caffe_leaves(golden: Path) -> None:
    arrays = np.load(golden / "upgrade/finetune.npz")
    net = golden_net(golden / "upgrade/finetune.prototxt")
    with torch.no_grad():
        for key in arrays:
            if key.startswith("before/"):
                _, layer, index = key.split("/")
                net.blobs_of(layer)[int(index)].copy_(torch.from_numpy(arrays[key]))
    report = load_weights(net, golden / "upgrade/finetune_partial.caffemodel")
    after = [key for key in arrays if key.startswith("after/")]
    assert len(after) == 6
    for key in after:
        _, layer, index = key.split("/")
        np.testing.assert_array_equal(net.blobs_of(layer)[int(index)].detach(), arrays[key])
    assert [entry.layer for entry in report.loaded] == ["a", "c"]
    assert [entry.layer for entry in report.kept] == ["b"]
    assert [entry.layer for entry in report.ignored] == ["zzz_unknown"]


@pytest.mark.parametrize("form", ["", ".h5"])
def test_a_saved_net_is_loaded_as_it_was(form: str, make_net: MakeNet, tmp_path: Path) -> None:
    norm = 'layer { name: "bn" type: "BatchNorm" bottom: "a" top: "bn" }'
    source, target = make_net(product("a") + norm), make_net(product("a") + norm, seed=1)
    source.blobs_of("bn")[0].copy_(torch.arange(4.0))
    path = tmp_path / f"x.caffemodel{form}"
    save_weights(source, path)
    load_weights(target, path, complete=True)
    assert target.blobs_of("bn")[0].tolist() == [0, 1, 2, 3]
    assert torch.equal(target.blobs_of("a")[0], source.blobs_of("a")[0])


def test_nothing_changes_where_anything_is_refused(make_net: MakeNet, tmp_path: Path) -> None:
    save_weights(make_net(product("a") + product("b", "a", 2), seed=1), tmp_path / "good.caffemodel")
    save_weights(make_net(product("a") + product("b", "a", 7), seed=2), tmp_path / "bad.caffemodel")
    net = make_net(product("a") + product("b", "a", 2))
    before = [tensor.detach().clone() for tensor in net.tensors.values()]
    with pytest.raises(WeightsError) as refused:
        load_weights(net, [tmp_path / "good.caffemodel", tmp_path / "bad.caffemodel"])
    assert all(map(torch.equal, before, net.tensors.values()))
    lines = str(refused.value).splitlines()
    assert lines[0] == f'{tmp_path}/bad.caffemodel does not fit net "small":'
    assert lines[1:3] == [
        '    layer "b": blob 0 is 7×4 in the file, 2×4 in the net',
        '    layer "b": blob 1 is 7 in the file, 2 in the net',
    ]
    assert "give it another name" in lines[3]


def test_of_several_files_the_last_wins(make_net: MakeNet, tmp_path: Path) -> None:
    one, other = make_net(product("a") + product("b"), seed=1), make_net(product("b"), seed=2)
    save_weights(one, tmp_path / "one.caffemodel")
    save_weights(other, tmp_path / "other.caffemodel.h5")
    net = make_net(product("a") + product("b"))
    report = load_weights(net, f"{tmp_path}/one.caffemodel,{tmp_path}/other.caffemodel.h5")
    assert torch.equal(net.blobs_of("a")[0], one.blobs_of("a")[0])
    assert torch.equal(net.blobs_of("b")[0], other.blobs_of("b")[0])
    assert report.kept == ()


def test_a_list_is_split_at_commas_but_a_path_is_not() -> None:
    assert split_paths("a,b") == ["a", "b"]
    assert split_paths(["a,b", "c"]) == ["a", "b", "c"]
    assert split_paths(Path("a,b")) == [Path("a,b")]
    assert split_paths("") == []


def test_a_complete_load_refuses_a_missing_layer(make_net: MakeNet, tmp_path: Path) -> None:
    save_weights(make_net(product("a"), seed=1), tmp_path / "a.caffemodel")
    net = make_net(product("a") + product("b"))
    before = net.blobs_of("a")[0].detach().clone()
    with pytest.raises(WeightsError, match='layers of net "small" are missing: "b"'):
        load_weights(net, tmp_path / "a.caffemodel", complete=True)
    assert torch.equal(net.blobs_of("a")[0], before)


def test_a_near_name_is_offered_for_a_layer_that_is_not_in_the_file(make_net: MakeNet, tmp_path: Path) -> None:
    save_weights(make_net(product("fc_8")), tmp_path / "a.caffemodel")
    report = load_weights(make_net(product("fc8")), tmp_path / "a.caffemodel", none_will_do=True)
    assert report.kept[0].reason == 'not in the file; did you mean its layer "fc_8"?'


def test_weights_of_another_net_are_refused(make_net: MakeNet, tmp_path: Path) -> None:
    save_weights(make_net(product("fc_8")), tmp_path / "a.caffemodel")
    net = make_net(product("fc8"))
    with pytest.raises(WeightsError) as refused:
        load_weights(net, tmp_path / "a.caffemodel")
    first, own, theirs = str(refused.value).splitlines()
    assert first.endswith(f'has no weights for any layer of net "{net.graph.name}": are they those of another net?')
    assert own == '    layer "fc8": not in the file; did you mean its layer "fc_8"?'
    assert theirs == '    layers of the file: "fc_8"'


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_values_take_the_nets_type_and_statistics_follow_it(
    dtype: torch.dtype, make_net: MakeNet, tmp_path: Path
) -> None:
    layers = product("a") + 'layer { name: "bn" type: "BatchNorm" bottom: "a" top: "bn" }'
    source = make_net(layers, seed=1)
    source.blobs_of("bn")[1].copy_(torch.arange(4.0))
    save_weights(source, tmp_path / "a.caffemodel")
    net = make_net(layers).to(dtype)
    load_weights(net, tmp_path / "a.caffemodel")
    assert net.blobs_of("a")[0].dtype == dtype
    assert torch.equal(net.blobs_of("a")[0], source.blobs_of("a")[0].to(dtype))
    assert net.blobs_of("bn")[1].tolist() == [0, 1, 2, 3]


def test_values_keep_the_nets_memory_format(make_net: MakeNet, tmp_path: Path) -> None:
    source = make_net(CONVOLUTION, seed=1)
    save_weights(source, tmp_path / "a.caffemodel")
    net = make_net(CONVOLUTION)
    to_channels_last(net)
    load_weights(net, tmp_path / "a.caffemodel")
    weights = net.blobs_of("c")[0]
    assert weights.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(weights, source.blobs_of("c")[0])


def test_a_blob_shared_in_another_shape_reaches_its_owner(make_net: MakeNet, tmp_path: Path) -> None:
    owner = 'param { name: "w" share_mode: PERMISSIVE } param { }'
    layers = product("a", outputs=4, more=owner) + product("b", "a", 3, owner)
    source, net = make_net(layers, seed=1), make_net(layers)
    save_weights(source, tmp_path / "a.caffemodel")
    load_weights(net, tmp_path / "a.caffemodel", complete=True)
    assert torch.equal(net.blobs_of("a")[0], source.blobs_of("a")[0])
    assert torch.equal(net.blobs_of("b")[0], source.blobs_of("a")[0].reshape(3, 4))


def test_layers_of_one_name_each_get_their_own_back(make_net: MakeNet, tmp_path: Path) -> None:
    layers = product("twin") + product("twin", "twin").replace('top: "twin"', 'top: "out"')
    net, other = make_net(layers, seed=1), make_net(layers, seed=2)
    save_weights(net, tmp_path / "twins.caffemodel")
    load_weights(other, tmp_path / "twins.caffemodel")
    for mine, loaded in zip(net.tensors.values(), other.tensors.values(), strict=True):
        torch.testing.assert_close(loaded, mine, rtol=0, atol=0)
