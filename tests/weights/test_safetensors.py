from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file

from netdef.errors import WeightsError
from netdef.weights.contents import LayerWeights, WeightsFile
from netdef.weights.file import read_weights, save_weights
from netdef.weights.load import load_weights
from netdef.weights.safetensors import read_safetensors, write_safetensors
from netdef.weights.saved_file import saved_file
from tests.weights.conftest import MakeNet, product

SHARED = 'param { name: "w" } param { }'


def written(path: Path, *layers: LayerWeights) -> Path:
    write_safetensors(saved_file(WeightsFile("x", "small", layers)), path)
    return path


def numbers(*shape: int) -> NDArray[np.float32]:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def test_a_file_has_a_tensor_for_each_blob_and_tells_names_and_types(make_net: MakeNet, tmp_path: Path) -> None:
    net = make_net(product("in/3x3"))
    save_weights(net, tmp_path / "n.safetensors")
    with safe_open(tmp_path / "n.safetensors", framework="np") as file:
        assert sorted(file.keys()) == ["in/3x3/0", "in/3x3/1"]
        np.testing.assert_array_equal(file.get_tensor("in/3x3/0"), net.blobs_of("in/3x3")[0].detach())
        own = json.loads(file.metadata()["netdef"])
    assert own == {"net": "small", "layers": [["data", "Input"], ["in/3x3", "InnerProduct"]]}


@pytest.mark.parametrize("name", ["", "a", "a/0", "a/b/", "forward", "conv1.1", "__metadata__", "Größe", 'say "no"'])
def test_any_name_comes_back(name: str, make_net: MakeNet, tmp_path: Path) -> None:
    net, other = (make_net(product("out").replace('name: "out"', f"name: {json.dumps(name)}"), seed=s) for s in (1, 2))
    save_weights(net, tmp_path / "n.safetensors")
    assert [layer.name for layer in read_weights(tmp_path / "n.safetensors").layers] == ["data", name]
    load_weights(other, tmp_path / "n.safetensors", complete=True)
    for mine, theirs in zip(other.blobs_of(name), net.blobs_of(name), strict=True):
        assert torch.equal(mine, theirs)


def test_layers_keep_their_order_whatever_the_librarys(tmp_path: Path) -> None:
    layers = [LayerWeights(name, "Bias", (numbers(2),)) for name in ("z", "a10", "a9")]
    found = read_safetensors(written(tmp_path / "n.safetensors", *layers))
    assert [layer.name for layer in found.layers] == ["z", "a10", "a9"]
    assert found.name == "small"


def test_a_shared_blob_is_saved_with_its_owner_alone(make_net: MakeNet, tmp_path: Path) -> None:
    net = make_net(product("a", outputs=3, more=SHARED) + product("b", "a", outputs=3, more=SHARED))
    save_weights(net, tmp_path / "n.safetensors")
    blobs = {layer.name: layer.blobs for layer in read_weights(tmp_path / "n.safetensors").layers}["b"]
    assert blobs[0] is None
    assert blobs[1] is not None
    load_weights(net, tmp_path / "n.safetensors", complete=True)


def test_a_foreign_file_is_read_if_its_tensors_are_named_so(tmp_path: Path) -> None:
    path = tmp_path / "n.safetensors"
    values = torch.tensor([[1.5, -2, 3]])
    save_file({"a/0": values.bfloat16(), "a/1": values.half(), "b/1": values.double()}, path)
    found = {layer.name: layer for layer in read_safetensors(path).layers}
    assert found.keys() == {"a", "b"}
    assert found["a"].type == ""
    assert [blob.dtype for blob in found["a"].blobs if blob is not None] == [np.float32, np.float16]
    assert found["b"].blobs[0] is None
    for blob in (*found["a"].blobs, found["b"].blobs[1]):
        np.testing.assert_array_equal(blob, values)


def test_other_names_are_refused_with_what_they_are(tmp_path: Path) -> None:
    save_file({f"layers.{number}.weight": torch.zeros(2) for number in range(5)}, tmp_path / "n.safetensors")
    with pytest.raises(WeightsError, match=r"tensors are layers\.0\.weight, .*, …\n +each must be named <layer>/<num"):
        read_safetensors(tmp_path / "n.safetensors")


@pytest.mark.parametrize("keep", [9, 60, -1])
def test_a_cut_file_is_refused(keep: int, tmp_path: Path) -> None:
    path = written(tmp_path / "n.safetensors", LayerWeights("a", "Bias", (numbers(5),)))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(WeightsError, match=r"n\.safetensors cannot be read: .*\n +it may have been cut off"):
        read_weights(path)


@pytest.mark.parametrize("own", ["no JSON", "3", "{}", '{"net": "n", "layers": [["a"]]}', '{"net": "n", "layers": 3}'])
def test_damaged_metadata_is_refused(own: str, tmp_path: Path) -> None:
    save_file({"a/0": torch.zeros(2)}, tmp_path / "n.safetensors", metadata={"netdef": own})
    with pytest.raises(WeightsError, match="cannot be read"):
        read_safetensors(tmp_path / "n.safetensors")


def test_two_layers_of_one_name_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r'two layers "a" have blobs\n +give each a name of its own'):
        written(tmp_path / "n.safetensors", *(LayerWeights("a", "Bias", (numbers(2),)) for _ in range(2)))
    assert list(tmp_path.iterdir()) == []


def test_gradients_are_refused(make_net: MakeNet, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"hold no gradients\n +write a \.caffemodel"):
        save_weights(make_net(product("a")), tmp_path / "n.safetensors", diffs=True)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path / "n.safetensors", LayerWeights("a", "Bias", (numbers(2),)))
    before = path.read_bytes()
    with pytest.raises(WeightsError, match=r"n\.safetensors cannot be written: "):
        written(path, LayerWeights("a", "Bias", (numbers(500, 1000),)))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_library_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(WeightsError, match=r"safetensors is needed.*\n +pip install netdef\[safetensors\]"):
        written(tmp_path / "n.safetensors")
