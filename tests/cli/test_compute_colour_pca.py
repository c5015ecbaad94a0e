from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netdef.schema import netdef_pb2 as schema
from netdef.schema.bind import read
from tests.data.databases import write_pictures

Run = Any


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "db", 5)


def test_the_directions_are_printed_and_written(run: Run, database: Path, tmp_path: Path) -> None:
    out = tmp_path / "colours.prototxt"
    done = run("compute-colour-pca", database, out)
    assert done.code == 0
    text = out.read_text("utf-8")
    assert done.out == f"Write to {out}\n{text}"
    assert text.startswith(f"# Principal components of the colours of 5 images: {database}\n")
    directions = read(out, schema.ColourPca).message.direction
    assert [len(direction.component) for direction in directions] == [3, 3, 3]
    assert directions[0].variance > directions[1].variance > directions[2].variance > 0


def test_without_a_file_they_are_only_printed(run: Run, database: Path) -> None:
    assert run("compute-colour-pca", database).out.count("direction {") == 3


def test_what_is_no_database_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("compute-colour-pca", tmp_path / "none", tmp_path / "out")
    assert (done.code, done.out) == (1, "")
    assert str(tmp_path / "none") in done.err
