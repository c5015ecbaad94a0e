from __future__ import annotations

from pathlib import Path

import h5py
import pytest

from netdef.errors import SnapshotError
from netdef.weights.solverstate import read_solverstate
from netdef.weights.solverstate_hdf5 import read_solverstate_hdf5, write_solverstate_hdf5
from tests.weights.conftest import GOLDEN
from tests.weights.test_hdf5 import contents
from tests.weights.test_state import STATE

SOLVERS = ["adadelta", "adagrad", "adam", "nesterov", "rmsprop", "sgd"]


@pytest.mark.parametrize("solver", SOLVERS)
def test_what_caffe_wrote_is_written_again(solver: str, tmp_path: Path) -> None:
    caffes = GOLDEN / f"snapshots/{solver}_h5_iter_6.solverstate.h5"
    write_solverstate_hdf5(read_solverstate_hdf5(caffes), tmp_path / "mine.solverstate.h5")
    mine = contents(tmp_path / "mine.solverstate.h5")
    del mine["netdef"]
    assert mine == contents(caffes)


@pytest.mark.parametrize("solver", SOLVERS)
def test_caffes_two_formats_hold_the_same(solver: str) -> None:
    hdf5 = read_solverstate(GOLDEN / f"snapshots/{solver}_h5_iter_6.solverstate.h5")
    binary = read_solverstate(GOLDEN / f"snapshots/{solver}_bin_iter_6.solverstate")
    assert hdf5.learned_net == f"snapshots/{solver}_h5_iter_6.caffemodel.h5"
    assert (hdf5.iteration, hdf5.current_step) == (binary.iteration, binary.current_step)
    assert repr(hdf5.histories) == repr(binary.histories)


def test_the_path_ends_with_a_zero_as_caffes_reader_needs(tmp_path: Path) -> None:
    path = tmp_path / "x.solverstate.h5"
    write_solverstate_hdf5(STATE, path)
    with h5py.File(path) as file:
        kind = file["learned_net"].id.get_type()
        assert kind.get_strpad() == h5py.h5t.STR_NULLTERM
        assert kind.get_size() == len(STATE.learned_net) + 1
        assert file["learned_net"][()] == STATE.learned_net.encode()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("upgrade/finetune_saved.caffemodel.h5", "is a weights file, not a solver state"),
        ("solvers/data0.h5", "no iter and history, but data, target"),
    ],
)
def test_another_file_is_refused_by_its_kind(file: str, words: str) -> None:
    with pytest.raises(SnapshotError, match=words):
        read_solverstate_hdf5(GOLDEN / file)
