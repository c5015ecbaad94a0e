from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.errors import SnapshotError
from netdef.schema import netdef_pb2 as schema
from netdef.weights.solverstate import read_solverstate, write_solverstate
from netdef.weights.state import SolverState
from tests.weights.conftest import GOLDEN
from tests.weights.test_state import STATE, same


@pytest.mark.parametrize("path", sorted(GOLDEN.rglob("*.solverstate")), ids=lambda path: path.stem)
def test_caffes_files_are_read_as_the_full_schema_reads_them(path: Path) -> None:
    message = schema.SolverState.FromString(path.read_bytes())
    found = read_solverstate(path)
    assert (found.iteration, found.current_step) == (message.iter, message.current_step)
    assert found.learned_net == message.learned_net
    for array, blob in zip(found.histories, message.history, strict=True):
        assert array.shape == tuple(blob.shape.dim)
        assert array.ravel().tolist() == list(blob.data)


@pytest.mark.parametrize("path", sorted(GOLDEN.rglob("*.solverstate")), ids=lambda path: path.stem)
def test_what_caffe_wrote_is_written_again_byte_for_byte(path: Path, tmp_path: Path) -> None:
    write_solverstate(read_solverstate(path), tmp_path / "mine.solverstate")
    assert (tmp_path / "mine.solverstate").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("ending", ["", ".h5"])
def test_what_is_written_is_read(ending: str, tmp_path: Path) -> None:
    write_solverstate(STATE, tmp_path / f"x.solverstate{ending}")
    same(read_solverstate(tmp_path / f"x.solverstate{ending}"), STATE)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("snapshots/sgd_bin_iter_6.caffemodel", r"is a weights file, not a \.solverstate\n.*--weights.*\.solverstate"),
        ("upgrade/v1_legacy.caffemodel", "is a weights file"),
        ("data/lmdb_raw_mean.binaryproto", "is a single array"),
        ("solvers/net.prototxt", "is a text file"),
        ("nothing.solverstate", "no such file"),
    ],
)
def test_another_file_is_refused_by_its_kind(file: str, words: str) -> None:
    with pytest.raises(SnapshotError, match=words):
        read_solverstate(GOLDEN / file)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    whole = (GOLDEN / "snapshots/sgd_bin_iter_6.solverstate").read_bytes()
    path = tmp_path / "cut.solverstate"
    path.write_bytes(whole[:200])
    with pytest.raises(SnapshotError, match=r"cut\.solverstate is of no known kind \(200 bytes\).*\n +get it again"):
        read_solverstate(path)


def test_a_damaged_history_is_refused(tmp_path: Path) -> None:
    history = schema.BlobProto(shape=schema.BlobShape(dim=[3]), data=[1, 2])
    path = tmp_path / "x.solverstate"
    path.write_bytes(schema.SolverState(iter=1, history=[history]).SerializeToString())
    with pytest.raises(SnapshotError, match="3 asks for 3 values, found 2; the file is damaged"):
        read_solverstate(path)


@pytest.mark.parametrize("ending", ["", ".h5"])
def test_a_full_disk_is_told_and_nothing_is_left(ending: str, tmp_path: Path, small_disk: None) -> None:
    state = SolverState(7, histories=(np.zeros(500_000, np.float32),))
    with pytest.raises(SnapshotError, match=r"x\.solverstate.* cannot be written: .*File too large"):
        write_solverstate(state, tmp_path / f"x.solverstate{ending}")
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_is_not_utf_8_is_read_as_far_as_it_can_be(tmp_path: Path) -> None:
    original = (GOLDEN / "snapshots/sgd_bin_iter_6.solverstate").read_bytes()
    assert original.count(b"sgd_bin") == 1
    (tmp_path / "x").write_bytes(original.replace(b"sgd_bin", b"sgd_\xe9in"))
    assert read_solverstate(tmp_path / "x").learned_net == "snapshots/sgd_\ufffdin_iter_6.caffemodel"


def test_a_path_that_is_not_utf_8_is_read_from_hdf5_too(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    write_solverstate(STATE, tmp_path / "x.h5")
    with h5py.File(tmp_path / "x.h5", "a") as file:
        del file["learned_net"]
        file["learned_net"] = np.bytes_(b"caf\xe9")
    assert read_solverstate(tmp_path / "x.h5").learned_net == "caf\ufffd"
