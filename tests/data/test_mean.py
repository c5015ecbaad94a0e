from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.data.mean import compute_image_mean
from netdef.errors import DataError
from tests.data.databases import pictures, png_datum, raw_datum, write_database


@pytest.mark.parametrize("name", ["lmdb_raw", "lmdb_raw_gray", "leveldb_jpg"])
def test_the_mean_is_that_of_caffe(golden: Path, name: str) -> None:
    mean = compute_image_mean(golden / "data" / name, backend=name.partition("_")[0])
    expected = np.load(golden / "data" / "means.npz")[name][0]
    assert np.array_equal(mean.image, expected)
    assert np.allclose(mean.channels, expected.mean(axis=(1, 2)), rtol=1e-6)


def test_encoded_records_are_decoded(tmp_path: Path) -> None:
    images = pictures(5)
    path = write_database(tmp_path / "db", [png_datum(image) for image in images])
    told: list[tuple[int, int]] = []
    mean = compute_image_mean(path, progress=lambda *counts: told.append(counts))
    assert np.allclose(mean.image, images.mean(axis=0), rtol=1e-6)
    assert told == [(number, 5) for number in range(1, 6)]


def test_records_of_unequal_size_are_refused(tmp_path: Path) -> None:
    path = write_database(tmp_path / "db", [raw_datum(pictures(1, width=width)[0]) for width in (7, 8)])
    with pytest.raises(DataError, match='record 1 "00000001_im": is 3×9×8, the first record 3×9×7'):
        compute_image_mean(path)
