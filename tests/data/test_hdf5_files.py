from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdef.data.hdf5_files import Hdf5Files
from netdef.errors import DataError
from tests.data.databases import write_hdf5_files


def test_rows_come_from_each_file_as_floats(tmp_path: Path) -> None:
    first, second = np.arange(24.0).reshape(4, 3, 2), np.arange(12, dtype=np.int64).reshape(2, 3, 2)
    source = write_hdf5_files(tmp_path, {"x": first, "y": np.arange(4)}, {"x": second, "y": [8, 9]})
    files = Hdf5Files(source, ["x", "y"])
    assert (len(files), files.lengths.tolist(), files.row_shapes) == (6, [4, 2], {"x": (3, 2), "y": ()})
    rows = files.rows(0, np.array([3, 1]))
    assert np.array_equal(rows["x"], first[[3, 1]].astype(np.float32))
    assert rows["x"].dtype == np.float32
    assert files.rows(1, np.array([1]))["y"].tolist() == [9.0]


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        ([{"x": np.zeros((2, 3))}], 'has no dataset "y", the name of a top; it has x'),
        ([{"x": np.zeros((2, 3)), "y": 1.0}], '"y" is a single number'),
        ([{"x": np.zeros((2, 3)), "y": [b"a", b"b"]}], "must hold numbers"),
        ([{"x": np.zeros((2, 3)), "y": np.zeros(4)}], r"different numbers of rows \(x 2, y 4\)"),
        ([{"x": np.zeros((0, 3)), "y": np.zeros(0)}], "have no rows"),
        (
            [{"x": np.zeros((2, 3)), "y": np.zeros(2)}, {"x": np.zeros((2, 4)), "y": np.zeros(2)}],
            r'part1.h5: a row of "x" has shape \(4,\), in .*part0.h5 it has \(3,\)',
        ),
    ],
)
def test_files_that_do_not_fit(tmp_path: Path, contents: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(DataError, match=words):
        Hdf5Files(write_hdf5_files(tmp_path, *contents), ["x", "y"])


def test_a_file_that_is_not_there_or_cut_off(tmp_path: Path) -> None:
    source = write_hdf5_files(tmp_path, {"x": np.zeros((50, 30))})
    part = tmp_path / "part0.h5"
    part.write_bytes(part.read_bytes()[:2000])
    with pytest.raises(DataError, match="cannot be read as an HDF5 file"):
        Hdf5Files(source, ["x"])
    part.unlink()
    with pytest.raises(DataError, match="no such HDF5 file"):
        Hdf5Files(source, ["x"])


def test_a_file_that_is_damaged_anywhere_is_an_error_at_most(tmp_path: Path) -> None:
    source = write_hdf5_files(tmp_path, {name: np.arange(24, dtype=np.float32).reshape(4, 3, 2) for name in "xy"})
    part = tmp_path / "part0.h5"
    whole, refused = part.read_bytes(), 0
    for place in range(8, len(whole), 7):
        part.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            Hdf5Files(source, ["x", "y"]).rows(0, np.array([1, 3]))
        except DataError:
            refused += 1
    assert refused > 20


def test_without_h5py_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_hdf5_files(tmp_path, {"x": np.zeros(3)})
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(DataError, match=r"part0.h5 is an HDF5 file, .*\n    pip install netdef\[hdf5\]"):
        Hdf5Files(source, ["x"])
