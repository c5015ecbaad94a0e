from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from netdef.data.hdf5_header import dataset_shapes


@pytest.mark.parametrize("name", ["part0.h5", "part2.h5", "output.h5"])
def test_agrees_with_h5py(golden: Path, name: str) -> None:
    path = golden / "data" / "hdf5" / name
    with h5py.File(path) as file:
        names = list(file)
        shapes = [file[name].shape for name in names]
    assert names
    assert dataset_shapes(path, names) == shapes


def test_finds_any_of_many_datasets(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "many.h5", "w") as file:
        for number in range(600):
            file[f"blob {number}"] = np.zeros((number, 2, 3), np.uint8)
    assert dataset_shapes(tmp_path / "many.h5", ["blob 599", "blob 7"]) == [(599, 2, 3), (7, 2, 3)]


def test_finds_the_shape_behind_many_attributes(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset("x", (4, 5), "f4", chunks=(2, 5), maxshape=(None, 5), compression="gzip")
        for number in range(7):
            dataset.attrs[f"note {number}"] = "text" * 100
        file["number"] = 1.0
    assert dataset_shapes(tmp_path / "a.h5", ["x", "number"]) == [(4, 5), ()]


def test_what_it_does_not_understand_is_none(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "new.h5", "w", libver="latest") as file:
        file["x"] = np.zeros((4, 5))
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file["x"] = np.zeros((4, 5))
        file["group/y"] = np.zeros((4, 5))
        file["link"] = h5py.SoftLink("/x")
    assert dataset_shapes(tmp_path / "new.h5", ["x"]) is None
    assert dataset_shapes(tmp_path / "old.h5", ["x"]) == [(4, 5)]
    assert all(dataset_shapes(tmp_path / "old.h5", [name]) is None for name in ("y", "group", "link", "group/y"))
    assert dataset_shapes(tmp_path / "none.h5", ["x"]) is None


def test_a_cut_off_file_is_none_or_right(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = np.zeros((4, 5))
    content = (tmp_path / "a.h5").read_bytes()
    for length in range(0, len(content), 7):
        (tmp_path / "cut.h5").write_bytes(content[:length])
        assert dataset_shapes(tmp_path / "cut.h5", ["x"]) in (None, [(4, 5)])
