from __future__ import annotations

import struct
from pathlib import Path

import pytest

from netdef.errors import WeightsError
from netdef.weights.format import Format, by_content, by_ending


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (b"\x89HDF\r\n\x1a\n\0\0", Format.HDF5),
        (struct.pack("<Q", 2) + b"{}", Format.SAFETENSORS),
        (struct.pack("<Q", 100_000_001) + b"{}", Format.BINARY),  # a longer header than the format allows
        (b"\x0a\x06Le{eNe{t", Format.BINARY),
        (b"", Format.BINARY),
    ],
)
def test_a_file_is_told_by_its_first_bytes(start: bytes, found: Format, tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    path.write_bytes(start)
    assert by_content(path) is found


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no such file"):
        by_content(tmp_path / "x.caffemodel")


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("a.caffemodel", Format.BINARY),
        ("a.caffemodel.h5", Format.HDF5),
        ("a.safetensors", Format.SAFETENSORS),
        ("a.h5.tmp", Format.BINARY),
    ],
)
def test_the_ending_chooses(name: str, chosen: Format) -> None:
    assert by_ending(Path("runs") / name) is chosen
