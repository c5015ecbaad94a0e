from __future__ import annotations

from pathlib import Path

import pytest

from netdef.errors import SnapshotError, WeightsError
from netdef.weights.whole import begins_as_hdf5, read_whole


def test_a_near_name_is_offered(tmp_path: Path) -> None:
    (tmp_path / "lenet_iter_500.caffemodel").touch()
    with pytest.raises(WeightsError, match=r"no such file\n +did you mean .*lenet_iter_500\.caffemodel\?"):
        read_whole(tmp_path / "lenet_iter_50.caffemodel", WeightsError)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"there is no folder .*nowhere either"):
        begins_as_hdf5(tmp_path / "nowhere" / "x.h5", SnapshotError)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be read: Is a directory"):
        read_whole(tmp_path, WeightsError)


def test_hdf5_is_told_by_its_signature(golden: Path) -> None:
    assert begins_as_hdf5(golden / "upgrade/finetune_saved.caffemodel.h5", WeightsError)
    assert not begins_as_hdf5(golden / "upgrade/finetune_saved.caffemodel", WeightsError)
