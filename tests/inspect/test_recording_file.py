from __future__ import annotations

from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import pytest

from netdef.errors import DataError
from netdef.inspect.recording import Recording
from netdef.inspect.recording_file import as_recording, read_arrays, write_recording

VALUES = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize("name", ["conv1", "in/a/3x3", "file", "allow_pickle", "x.npy", "Größe", "../x"])
def test_any_blob_is_written_and_read(name: str, tmp_path: Path) -> None:
    write_recording(Recording({name: VALUES, "other": VALUES[0]}, {f"{name}/1": VALUES + 1}), tmp_path / "r.npz")
    arrays = read_arrays(tmp_path / "r.npz")
    assert list(arrays) == [name, "other", f"param_diff/{name}/1"]
    found = as_recording(arrays, [name, "other"], [f"{name}/1"])
    np.testing.assert_array_equal(found.blobs[name], VALUES)
    np.testing.assert_array_equal(found.gradients[f"{name}/1"], VALUES + 1)


def test_numpy_itself_reads_it(tmp_path: Path) -> None:
    write_recording(Recording({"a/b": VALUES}), tmp_path / "r.npz")
    with np.load(tmp_path / "r.npz") as file:
        np.testing.assert_array_equal(file["a/b"], VALUES)


@pytest.mark.parametrize("key", ["a/b", "a|b", "out/a/b", "out/a|b", "in/a|b"])
def test_an_array_may_be_called_in_several_ways(key: str) -> None:
    found = as_recording({key: VALUES, "stats/a|b": VALUES[0]}, ["c", "a/b"], [])
    assert list(found.blobs) == ["a/b", "stats/a|b"]
    np.testing.assert_array_equal(found.blobs["a/b"], VALUES)


def test_the_plain_name_goes_before_the_others() -> None:
    found = as_recording({"out/a": VALUES + 1, "a": VALUES}, ["a"], [])
    np.testing.assert_array_equal(found.blobs["a"], VALUES)
    assert list(found.blobs) == ["a", "out/a"]


def test_hdf5_files_are_read_with_groups_as_slashes(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "r.dat", "w") as file:
        file["out/a/b"] = VALUES
        file["c"] = np.float64(2)
        file["text"] = "no numbers"
    arrays = read_arrays(tmp_path / "r.dat")
    assert {name: array.shape for name, array in arrays.items()} == {"out/a/b": (2, 3), "c": ()}


def packed() -> bytes:
    file = BytesIO()
    np.savez_compressed(file, a=np.random.default_rng(0).random(1000))
    return file.getvalue()


def pickled() -> bytes:
    file = BytesIO()
    np.savez(file, a=np.array([{}], object))
    return file.getvalue()


def single() -> bytes:
    file = BytesIO()
    np.save(file, VALUES)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"a net?", packed()[:3000], packed()[:3000] + bytes(99) + packed()[3099:], pickled(), single()],
    ids=["empty", "text", "cut", "changed", "pickled", "single"],
)
def test_a_broken_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "r.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"r\.npz cannot be read: .*\n +blobs are recorded as \.npz"):
        read_arrays(tmp_path / "r.npz")


def test_a_broken_hdf5_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.h5").write_bytes(b"\x89HDF\r\n\x1a\n and nothing more")
    with pytest.raises(DataError, match=r"r\.h5 cannot be read"):
        read_arrays(tmp_path / "r.h5")


def test_a_missing_file_is_refused_with_its_like(tmp_path: Path) -> None:
    (tmp_path / "blobs.npz").write_bytes(packed())
    with pytest.raises(DataError, match=r"blob\.npz: no such file\n.*did you mean .*blobs\.npz"):
        read_arrays(tmp_path / "blob.npz")


def test_a_file_without_numbers_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "r.npz", names=np.array(["a", "b"]))
    with pytest.raises(DataError, match="holds no arrays of numbers"):
        read_arrays(tmp_path / "r.npz")


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        write_recording(Recording({"a": VALUES}), tmp_path / "none" / "r.npz")
