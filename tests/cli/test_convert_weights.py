from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdef.schema import netdef_pb2 as schema
from netdef.weights import caffemodel
from netdef.weights.file import read_weights

Run = Any
GOLDEN = Path(__file__).parents[1] / "golden"
OLD = GOLDEN / "upgrade/v1_legacy.caffemodel"
MODEL = GOLDEN / "upgrade/v1.prototxt"
SHARED = """
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 } } }
layer {
  name: "a" type: "InnerProduct" bottom: "data" top: "a" param { name: "w" } inner_product_param { num_output: 3 }
}
layer {
  name: "b" type: "InnerProduct" bottom: "a" top: "b" param { name: "w" } inner_product_param { num_output: 3 }
}
"""


def blobs(path: Path) -> dict[str, list[Any]]:
    return {layer.name: list(layer.blobs) for layer in read_weights(path).layers if layer.blobs}


def shapes(path: Path) -> dict[str, list[tuple[int, ...]]]:
    return {name: [blob.shape for blob in found] for name, found in blobs(path).items()}


@pytest.mark.parametrize("ending", [".caffemodel.h5", ".safetensors"])
def test_an_old_file_is_written_in_todays_types_and_shapes(run: Run, ending: str, tmp_path: Path) -> None:
    out = tmp_path / f"new{ending}"
    done = run("convert-weights", OLD, out)
    assert (done.code, done.out, done.err) == (0, f"{out}: 2 layers with blobs\n", "")
    assert shapes(out) == {"conv1": [(4, 3, 3, 3), (4,)], "ip1": [(5, 16), (5,)]}
    for name, old in blobs(OLD).items():
        for mine, his in zip(blobs(out)[name], old, strict=True):
            np.testing.assert_array_equal(mine.flatten(), his.flatten())


def test_it_goes_round_all_formats_and_comes_back(run: Run, tmp_path: Path) -> None:
    source = GOLDEN / "cli/init.caffemodel"
    chain = [source, *(tmp_path / f"a{ending}" for ending in (".safetensors", ".caffemodel.h5", ".caffemodel"))]
    for before, after in pairwise(chain):
        assert run("convert-weights", before, after).code == 0
    assert shapes(chain[-1]) == shapes(source)
    for name, found in blobs(chain[-1]).items():
        for one, other in zip(found, blobs(source)[name], strict=True):
            np.testing.assert_array_equal(one, other)


def test_with_a_model_the_layers_are_its_own(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "new.caffemodel"
    done = run("convert-weights", OLD, out, "--model", MODEL)
    assert done.code == 0
    assert "2 of 2 layers loaded" in done.out
    layers = {layer.name: layer for layer in schema.NetParameter.FromString(out.read_bytes()).layer}
    assert layers["conv1"].convolution_param.num_output == 4
    assert list(layers["ip1"].blobs[0].shape.dim) == [5, 16]
    assert list(layers["ip1"].bottom)


def test_a_model_that_has_more_than_the_file_is_refused(run: Run, tmp_path: Path) -> None:
    model, out = tmp_path / "net.prototxt", tmp_path / "new.safetensors"
    model.write_text(SHARED)
    done = run("convert-weights", OLD, out, "--model", model)
    assert done.code == 1
    assert 'layers of net "" are missing: "a", "b"' in done.err
    assert not out.exists()


def test_a_caffemodel_is_not_stripped_of_its_options(run: Run, tmp_path: Path) -> None:
    done = run("convert-weights", OLD, tmp_path / "new.caffemodel")
    assert done.code == 1
    assert "is a .caffemodel already" in done.err
    assert "netdef upgrade" in done.err
    assert list(tmp_path.iterdir()) == []


def test_an_ending_that_is_no_formats_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("convert-weights", OLD, tmp_path / "new.npz")
    assert (done.code, done.out) == (1, "")
    assert "the ending must say the format: .caffemodel, .caffemodel.h5, .safetensors" in done.err


def test_what_is_too_large_for_a_caffemodel_is_refused_and_not_begun(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = GOLDEN / "snapshots/sgd_h5_iter_6.caffemodel.h5"
    monkeypatch.setattr(caffemodel, "LARGEST", 100)
    done = run("convert-weights", source, tmp_path / "large.caffemodel")
    assert done.code == 1
    assert "a .caffemodel can have no more than 100\n" in done.err
    assert ".caffemodel.h5 or .safetensors" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_shared_blob_needs_the_model_to_be_in_a_caffemodel(run: Run, tmp_path: Path) -> None:
    model, old, out = (tmp_path / name for name in ("net.prototxt", "old.caffemodel", "new.caffemodel"))
    once = tmp_path / "once.safetensors"
    model.write_text(SHARED)
    old.write_bytes(two_products().SerializeToString())
    assert run("convert-weights", old, once, "--model", model).code == 0
    assert blobs(once)["b"][0] is None
    done = run("convert-weights", once, out)
    assert done.code == 1
    assert 'blob 0 of layer "b"' in done.err
    assert "--model M" in done.err
    assert not out.exists()
    assert run("convert-weights", once, out, "--model", model).code == 0
    np.testing.assert_array_equal(blobs(out)["b"][0], np.ones((3, 3)))


def two_products() -> schema.NetParameter:
    matrix = schema.BlobProto(shape=schema.BlobShape(dim=[3, 3]), data=[1] * 9)
    bias = schema.BlobProto(shape=schema.BlobShape(dim=[3]), data=[2] * 3)
    layers = [schema.LayerParameter(name=name, type="InnerProduct", blobs=[matrix, bias]) for name in "ab"]
    return schema.NetParameter(name="n", layer=layers)
