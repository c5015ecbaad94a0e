from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from netdef.data.lmdb_source import LmdbSource
from tests.cli.conftest import Run

GOLDEN = Path(__file__).parents[1] / "golden"
WORDS = ("extract-features", "cli/snap_iter_6.caffemodel", "cli/net.prototxt")


@pytest.fixture
def golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of Caffe's run, and the working directory."""
    shutil.copytree(GOLDEN / "cli", tmp_path / "cli", copy_function=shutil.copyfile)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def messages(text: str) -> list[str]:
    return [line.split("] ", 1)[1] for line in text.splitlines()]


def test_caffes_databases_and_lines(golden: Path, run: Run) -> None:
    done = run(*WORDS, "h,o", "features,features2", 3, "lmdb", "CPU")
    assert done.code == 0
    log = Path("cli/extract_features.log").read_text().splitlines()
    caffes = [line.split("] ", 1)[1] for line in log if re.search(r"extract_features\.cpp:(133|176|181)\]", line)]
    assert len(caffes) == 4
    assert messages(done.err)[1:] == caffes
    expected = np.load("cli/params.npz")
    for name in ("features", "features2"):
        ours, theirs = LmdbSource(golden / name), LmdbSource(golden / "cli" / f"{name}_lmdb")
        records, wanted = ([source.read(ordinal) for ordinal in range(15)] for source in (ours, theirs))
        assert [record.name for record in records] == expected[f"features/{name}_lmdb/keys"].tolist()
        assert [record.datum()[:3] for record in records] == [record.datum()[:3] for record in wanted]
        values = np.stack([np.frombuffer(record.datum().float_data, "f4") for record in records])
        caffe = expected[f"features/{name}_lmdb/values"]
        assert np.abs(values - caffe).max() <= 2e-6 + 2e-5 * np.abs(caffe).max()
        assert len(ours) == len(theirs) == 15
        ours.close()
        theirs.close()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("h,o", "a", 3, "lmdb"), "2 blobs and 1 databases: give one database for each blob"),
        (("h,o", "a,a", 3, "lmdb"), "a,a: one is given twice"),
        (("h,h", "a,b", 3, "lmdb"), "h,h: one is given twice"),
        (("h", "a", 0, "lmdb"), "the number of batches is 0, must be at least 1"),
        (("h", "a", 3, "lmdb", "TPU"), 'the device is "TPU", must be CPU, or GPU and perhaps a number'),
        (("x", "a", 3, "lmdb", "CPU"), 'has no blob "x"; it has: data, label, h, o'),
        (("h", "cli", 3, "lmdb", "CPU"), "cli: is there already, and is not overwritten"),
        (("h", "a", 3, "lmdb", "GPU", "DEVICE_ID=99"), "GPU 99 is not there"),
    ],
)
def test_what_does_not_go_together(golden: Path, run: Run, words: tuple[object, ...], error: str) -> None:
    done = run(*WORDS, *words)
    assert done.code == 1
    assert error in done.err
    assert not Path("a").exists()


def test_another_kind_of_database_is_wrong_usage(golden: Path, run: Run) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*WORDS, "h", "a", 3, "hdf5")
    assert caught.value.code == 2
