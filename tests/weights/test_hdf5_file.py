from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from netdef.errors import SnapshotError, WeightsError
from netdef.weights.hdf5_file import reading, writing


def test_without_h5py_the_way_to_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with (
        pytest.raises(WeightsError, match=r"h5py is needed .*\n +pip install netdef\[hdf5\]"),
        reading(tmp_path / "x.h5"),
    ):
        pass
    with pytest.raises(SnapshotError, match=r"pip install netdef\[hdf5\]"), writing(tmp_path / "x.h5", SnapshotError):
        pass


@pytest.mark.parametrize("keep", [100, 5_000, -1])
def test_a_cut_file_is_refused(keep: int, golden: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.h5"
    path.write_bytes((golden / "upgrade/finetune_saved.caffemodel.h5").read_bytes()[:keep])
    with (
        pytest.raises(SnapshotError, match=r"cut\.h5 cannot be read as an HDF5 file: .*truncated.*\n +it may"),
        reading(path, SnapshotError),
    ):
        pass


def test_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path, small_disk: None) -> None:
    with (
        pytest.raises(WeightsError, match=r"x\.h5 cannot be written: .*File too large"),
        writing(tmp_path / "x.h5") as file,
    ):
        file.create_dataset("a", data=np.zeros(500_000, np.float32))
    assert list(tmp_path.iterdir()) == []


def test_a_written_file_is_read(tmp_path: Path) -> None:
    with writing(tmp_path / "x.h5") as file:
        file.create_dataset("a", data=np.arange(3))
    with reading(tmp_path / "x.h5") as file:
        assert file["a"][()].tolist() == [0, 1, 2]
