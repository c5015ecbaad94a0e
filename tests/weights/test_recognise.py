from __future__ import annotations

from pathlib import Path

import pytest

from netdef.weights.recognise import recognise


@pytest.mark.parametrize(
    ("data", "what", "way_out"),
    [
        (b"", "empty", "get it again"),
        (b"\x89HDF\r\n\x1a\n\0\0", "an HDF5 file", ".h5"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "Git LFS pointer", "git lfs pull"),
        (b"<!DOCTYPE html><html>", "a web page", "download"),
        (b"PK\x03\x04\x14\0", "a zip archive", "convert"),
        (b"\x80\x02}q\0", "a Python pickle", "convert"),
        (b"\x1f\x8b\x08\0", "compressed with gzip", "gunzip"),
        (b"\x02\0\0\0\0\0\0\0{}", "a safetensors file", "convert-weights"),
        (b'name: "LeNet"\nlayer {\n\ttype: "ReLU"\n}\n', "a text file", "model"),
        (b"\x0a\x05LeNet\xa2\x06\xff\x7f\x0a\x05", 'net "LeNet"', "get it again"),
        (b"\xff\xff\x00\x01", "of no known kind (4 bytes)", "get it again"),
    ],
)
def test_files_are_told_by_their_first_bytes(data: bytes, what: str, way_out: str) -> None:
    found = recognise(data)
    assert what in found.what
    assert way_out in found.way_out


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("snapshots/adam_bin_iter_6.solverstate", "a solver state"),
        ("snapshots/sgd_bin_iter_6.solverstate", "a solver state"),
        ("snapshots/sgd_bin_iter_6.caffemodel", "a weights file"),
        ("upgrade/v1_legacy.caffemodel", "a weights file"),
        ("upgrade/v0_legacy.caffemodel", "a weights file"),
        ("data/lmdb_raw_mean.binaryproto", "a single array, as mean files are"),
    ],
)
def test_caffes_own_files_are_told_apart(golden: Path, file: str, what: str) -> None:
    assert recognise((golden / file).read_bytes()).what == what


def test_the_sentence_names_both_kinds() -> None:
    said = recognise(b"").instead_of("a.caffemodel", "a .caffemodel")
    assert said.startswith("a.caffemodel is empty, not a .caffemodel\n    get it again")
