from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.errors import WeightsError
from netdef.graph.build import build
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net
from netdef.weights import caffemodel
from netdef.weights.caffemodel import read_caffemodel
from netdef.weights.contents import WeightsFile
from netdef.weights.file import save_weights
from netdef.weights.load import load_weights
from tests.weights.conftest import GOLDEN, MakeNet, product

Decoded = Callable[[bytes], WeightsFile]
NO_UTF8 = b"\x0a\x02\xff\xfe" + b"\xa2\x06\x04\x0a\x02a\xff"


@pytest.fixture
def decoded(tmp_path: Path) -> Decoded:
    def decode(data: bytes) -> WeightsFile:
        path = tmp_path / "x"
        path.write_bytes(data)
        return read_caffemodel(path)

    return decode


def full(path: Path) -> schema.NetParameter:
    return schema.NetParameter.FromString(path.read_bytes())


@pytest.mark.parametrize("path", sorted(GOLDEN.rglob("*.caffemodel")), ids=lambda path: path.stem)
def test_caffes_files_are_read_as_the_full_schema_reads_them(path: Path) -> None:
    message = full(path)
    wanted = [(layer.name, layer.blobs) for layer in message.layer]
    wanted += [(old.layer.name or old.name, old.layer.blobs or old.blobs) for old in message.layers]
    found = read_caffemodel(path)
    assert found.name == message.name
    assert [layer.name for layer in found.layers] == [name for name, _ in wanted]
    for layer, (_, blobs) in zip(found.layers, wanted, strict=True):
        for array, blob in zip(layer.blobs, blobs, strict=True):
            assert array is not None
            shape = blob.shape.dim or [blob.num, blob.channels, blob.height, blob.width]
            np.testing.assert_array_equal(array, np.array(blob.data, np.float32).reshape(shape))


@pytest.mark.parametrize("form", ["v0", "v1"])
def test_old_forms_hold_what_caffe_made_of_them(form: str) -> None:
    old = read_caffemodel(GOLDEN / f"upgrade/{form}_legacy.caffemodel")
    new = read_caffemodel(GOLDEN / f"upgrade/{form}_legacy.upgraded.caffemodel")
    upgraded = {layer.name: layer.blobs for layer in new.layers}
    with_blobs = [layer for layer in old.layers if layer.blobs]
    assert len(with_blobs) == 2
    for layer in with_blobs:
        for mine, caffes in zip(layer.blobs, upgraded[layer.name], strict=True):
            np.testing.assert_array_equal(mine, caffes)


def test_types_are_as_the_file_names_them(decoded: Decoded) -> None:
    v1 = schema.NetParameter(layers=[schema.V1LayerParameter(type=schema.V1LayerParameter.CONVOLUTION)])
    unknown = b"\x12\x02\x28\x2a"  # layers { type: 42 }, a number that forks use for different things
    v0 = schema.NetParameter(layers=[schema.V1LayerParameter(layer=schema.V0LayerParameter(type="conv"))])
    data = v1.SerializeToString() + unknown + v0.SerializeToString()
    assert [layer.type for layer in decoded(data).layers] == ["CONVOLUTION", "V1 type 42", "conv"]


def test_unknown_fields_do_no_harm(decoded: Decoded) -> None:
    colliding = b"\xaa\x08\x03\xff\xff\xff"  # field 133 of a layer: a message to Caffe, no message here
    layer = schema.LayerParameter(name="a", blobs=[schema.BlobProto(data=[1, 2], shape=schema.BlobShape(dim=[2]))])
    inner = layer.SerializeToString() + colliding
    data = b"\xa2\x06" + bytes([len(inner)]) + inner
    (found,) = decoded(data).layers
    np.testing.assert_array_equal(found.blobs[0], [1, 2])


def test_a_name_that_is_no_utf8_does_no_harm(decoded: Decoded) -> None:
    found = decoded(NO_UTF8)
    assert found.name == "\ufffd\ufffd"
    assert found.layers[0].name == "a\ufffd"


@pytest.mark.parametrize("keep", [0, 2, 5, 100, 483])
def test_a_cut_file_is_refused(keep: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.caffemodel"
    path.write_bytes((GOLDEN / "cli/init.caffemodel").read_bytes()[:keep])
    with pytest.raises(WeightsError, match=r"cut\.caffemodel is .*, not a \.caffemodel\n +get it again"):
        read_caffemodel(path)


def test_another_file_is_refused_by_its_kind() -> None:
    with pytest.raises(WeightsError, match=r"is a solver state, not a \.caffemodel\n +.*--snapshot"):
        read_caffemodel(GOLDEN / "snapshots/adam_bin_iter_6.solverstate")


def test_a_net_without_layers_is_refused(decoded: Decoded) -> None:
    with pytest.raises(WeightsError, match=r"not a \.caffemodel"):
        decoded(schema.NetParameter(name="none").SerializeToString())


def test_a_damaged_blob_is_named(decoded: Decoded) -> None:
    blob = schema.BlobProto(shape=schema.BlobShape(dim=[2, 3]), data=[1, 2, 3, 4, 5])
    net = schema.NetParameter(layer=[schema.LayerParameter(name="conv1", blobs=[blob])])
    with pytest.raises(WeightsError, match=r'x: layer "conv1", blob 0: .*2×3 asks for 6 values, found 5'):
        decoded(net.SerializeToString())


def test_a_saved_net_equals_the_one_that_caffe_saved(tmp_path: Path) -> None:
    message = load_net(GOLDEN / "upgrade/finetune.prototxt").message
    net = Net(build(message, schema.NetState(phase=schema.TEST)))
    load_weights(net, GOLDEN / "upgrade/finetune_saved.caffemodel")
    save_weights(net, tmp_path / "mine.caffemodel")
    assert full(tmp_path / "mine.caffemodel") == full(GOLDEN / "upgrade/finetune_saved.caffemodel")


@pytest.mark.parametrize("solver", ["adadelta", "adagrad", "adam", "nesterov", "rmsprop", "sgd"])
def test_a_snapshots_net_equals_the_one_that_caffe_saved(solver: str, tmp_path: Path) -> None:
    caffes = GOLDEN / f"snapshots/{solver}_bin_iter_6.caffemodel"
    message = load_net(GOLDEN / "solvers/net.prototxt").message
    net = Net(build(message, schema.NetState(phase=schema.TRAIN), record_shapes=lambda layer: [(6,), (3,)]))
    load_weights(net, caffes)
    save_weights(net, tmp_path / "mine.caffemodel")
    assert full(tmp_path / "mine.caffemodel") == full(caffes)


def test_gradients_are_saved_on_request(make_net: MakeNet, tmp_path: Path) -> None:
    net = make_net(product("a"))
    for tensor in net.tensors.values():
        tensor.grad = torch.full_like(tensor, 3)
    save_weights(net, tmp_path / "d.caffemodel", diffs=True)
    weights, bias = full(tmp_path / "d.caffemodel").layer[1].blobs
    assert list(weights.diff) == [3] * 12
    assert list(bias.diff) == [3] * 4
    assert list(weights.data) == net.blobs_of("a")[0].flatten().tolist()


def test_a_file_too_large_for_protobuf_is_refused_before_it_is_written(
    make_net: MakeNet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = make_net(product("a", outputs=300))
    save_weights(net, tmp_path / "fits.caffemodel")
    monkeypatch.setattr(caffemodel, "LARGEST", 4_000)
    path = tmp_path / "large.caffemodel"
    with pytest.raises(WeightsError, match=r"no more than 4,000\n +write another format.*\.h5.*snapshot_format: HDF5"):
        save_weights(net, path)
    assert not path.exists()


def test_the_limit_is_that_of_protobuf() -> None:
    assert caffemodel.LARGEST == 2_147_483_647
