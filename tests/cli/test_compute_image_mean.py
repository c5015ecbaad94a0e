import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdef.data.mean_file import read_mean_file

Run = Any
GOLDEN = Path(__file__).parents[1] / "golden" / "data"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOLDEN / "lmdb_raw", tmp_path / "db"))


def test_the_mean_file_is_caffes(run: Run, database: Path, tmp_path: Path) -> None:
    out = tmp_path / "mean.binaryproto"
    done = run("compute_image_mean", "-backend=lmdb", database, out)
    assert done.code == 0
    expected = np.load(GOLDEN / "means.npz")["lmdb_raw"][0]
    np.testing.assert_allclose(read_mean_file(out), expected, rtol=1e-6)
    assert f"Write to {out}" in done.out


def test_each_channel_has_a_line(run: Run, database: Path) -> None:
    done = run("compute-image-mean", database)
    assert done.out.splitlines() == [
        "Number of channels: 3",
        "mean_value channel [0]: 91.0932",
        "mean_value channel [1]: 98.0601",
        "mean_value channel [2]: 118.952",
    ]
    assert "Processed 40 files." in done.err


def test_what_is_no_database_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("compute-image-mean", tmp_path / "none", tmp_path / "mean")
    assert (done.code, done.out) == (1, "")
    assert str(tmp_path / "none") in done.err
    assert not (tmp_path / "mean").exists()
