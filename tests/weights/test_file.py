from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netdef.errors import WeightsError
from netdef.weights.file import read_weights, save_weights
from tests.weights.conftest import MakeNet, product


def test_the_format_is_told_by_content_not_by_name(golden: Path, tmp_path: Path) -> None:
    shutil.copy(golden / "upgrade/finetune_saved.caffemodel.h5", tmp_path / "a.caffemodel")
    shutil.copy(golden / "upgrade/finetune_saved.caffemodel", tmp_path / "b.h5")
    hdf5, binary = read_weights(tmp_path / "a.caffemodel"), read_weights(tmp_path / "b.h5")
    assert binary.name == "ft"
    assert {layer.name for layer in hdf5.layers} == {layer.name for layer in binary.layers} == {"data", "a", "b", "c"}


@pytest.mark.parametrize(("name", "start"), [("x.caffemodel", b"\x0a\x05small"), ("x.caffemodel.h5", b"\x89HDF")])
def test_the_ending_chooses_what_is_written(name: str, start: bytes, make_net: MakeNet, tmp_path: Path) -> None:
    save_weights(make_net(product("a")), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no such file"):
        read_weights(tmp_path / "x.caffemodel")
