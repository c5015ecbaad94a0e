from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from netdef.errors import WeightsError
from netdef.weights.file import read_weights, save_contents, save_weights
from netdef.weights.format import Format, by_content
from tests.weights.conftest import MakeNet, product


def test_the_format_is_told_by_content_not_by_name(golden: Path, tmp_path: Path) -> None:
    shutil.copy(golden / "upgrade/finetune_saved.caffemodel.h5", tmp_path / "a.caffemodel")
    shutil.copy(golden / "upgrade/finetune_saved.caffemodel", tmp_path / "b.h5")
    hdf5, binary = read_weights(tmp_path / "a.caffemodel"), read_weights(tmp_path / "b.h5")
    assert binary.name == "ft"
    assert {layer.name for layer in hdf5.layers} == {layer.name for layer in binary.layers} == {"data", "a", "b", "c"}


@pytest.mark.parametrize(
    ("name", "format_"),
    [("x.caffemodel", Format.BINARY), ("x.caffemodel.h5", Format.HDF5), ("x.safetensors", Format.SAFETENSORS)],
)
def test_the_ending_chooses_what_is_written(name: str, format_: Format, make_net: MakeNet, tmp_path: Path) -> None:
    save_weights(make_net(product("a")), tmp_path / name)
    assert by_content(tmp_path / name) is format_


@pytest.mark.parametrize("source", ["cli/init.caffemodel", "snapshots/sgd_h5_iter_6.caffemodel.h5"])
@pytest.mark.parametrize("ending", [".caffemodel", ".caffemodel.h5", ".safetensors"])
def test_what_a_file_holds_is_the_same_in_every_format(source: str, ending: str, golden: Path, tmp_path: Path) -> None:
    before = read_weights(golden / source)
    save_contents(before, tmp_path / f"x{ending}")
    after = {layer.name: layer.blobs for layer in read_weights(tmp_path / f"x{ending}").layers}
    assert after.keys() == {layer.name for layer in before.layers}
    assert sum(len(layer.blobs) for layer in before.layers) > 1
    for layer in before.layers:
        for one, other in zip(layer.blobs, after[layer.name], strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no such file"):
        read_weights(tmp_path / "x.caffemodel")
