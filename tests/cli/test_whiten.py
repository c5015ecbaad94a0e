from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdef.data.color_mode import ColorMode
from netdef.data.decode import decode
from netdef.data.lmdb_source import LmdbSource
from tests.data.databases import write_pictures

Run = Any


def test_train_and_test_images_are_whitened_by_the_first_ones_numbers(run: Run, tmp_path: Path) -> None:
    train = write_pictures(tmp_path / "train", 60, height=3, width=4)
    test = write_pictures(tmp_path / "test", 5, height=3, width=4)  # the first five of the others
    done = run("whiten", train, tmp_path / "white", test, tmp_path / "white_test")
    assert (done.code, done.out.splitlines()) == (
        0,
        [f"Write to {tmp_path / name}: 3×3×4 floats an image" for name in ("white", "white_test")],
    )
    sources = [LmdbSource(tmp_path / name) for name in ("white", "white_test")]
    first, again = (decode(source.read(3).datum(), ColorMode.NATIVE) for source in sources)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    for source in sources:
        source.close()


def test_an_odd_number_of_databases_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("whiten", write_pictures(tmp_path / "train", 2))
    assert done.code == 1
    assert "1 databases: each that is read needs one to write" in done.err


def test_a_flag_that_is_no_number_above_0_is_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("whiten", "train", "white", "--bias", "0")
    assert ended.value.code == 2
    assert "argument --bias: '0' must be a number above 0" in capsys.readouterr().err
