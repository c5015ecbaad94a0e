from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from netdef.errors import DataError, OptionError, ShapeError, UsageError
from netdef.layers.base import Layer
from tests.layers.contract import check_text, make, numbers, run


def writer(path: Path) -> Layer:
    return make("HDF5Output", f'hdf5_output_param {{ file_name: "{path}" }}', bottoms=2, tops=0)


def test_both_bottoms_are_written_with_four_axes(tmp_path: Path) -> None:
    made = writer(tmp_path / "out.h5")
    assert made.shapes((2, 3), (2, 4, 5)) == ()
    data, label = numbers(2, 3), numbers(2, 4, 5, seed=1)
    assert run(made, data, label) == []
    with h5py.File(tmp_path / "out.h5") as file:
        assert sorted(file) == ["data", "label"]
        assert [file[name].shape for name in ("data", "label")] == [(2, 3, 1, 1), (2, 4, 5, 1)]
        assert file["data"].dtype == np.float32
        np.testing.assert_array_equal(file["data"][..., 0, 0], data.float().numpy())
        np.testing.assert_array_equal(file["label"][..., 0], label.float().numpy())
    check_text(made)


def test_looking_at_the_layer_writes_nothing_and_a_pass_writes_anew(tmp_path: Path) -> None:
    path = tmp_path / "out.h5"
    path.write_text("of another run")
    made = writer(path)
    made.shapes((2, 3), (2,))
    assert path.read_text() == "of another run"
    run(made, numbers(2, 3), numbers(2))
    assert h5py.is_hdf5(path)


def test_a_second_pass_is_refused(tmp_path: Path) -> None:
    made = writer(tmp_path / "out.h5")
    run(made, numbers(2, 3), numbers(2))
    with pytest.raises(UsageError, match=r'out\.h5" holds the pass before: HDF5Output writes only one forward pass'):
        run(made, numbers(2, 3), numbers(2))


def test_a_file_is_no_way_for_gradients_or_traces(tmp_path: Path) -> None:
    made = writer(tmp_path / "out.h5")
    assert not made.takes_gradient(0)
    assert not made.traceable


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="has no file_name, must name the file to write"):
        make("HDF5Output", bottoms=2, tops=0)
    made = writer(tmp_path / "none" / "out.h5")
    with pytest.raises(ShapeError, match="bottoms have 2 and 3 items, must have the same number"):
        made.shapes((2, 3), (3,))
    with pytest.raises(ShapeError, match="bottom 1 is 2×1×1×1×1, must have at most 4 axes"):
        made.shapes((2, 3), (2, 1, 1, 1, 1))
    with pytest.raises(DataError, match=r'out\.h5" cannot be written'):
        run(made, numbers(2, 3), numbers(2))
