from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.data.colour_covariance import colour_components
from netdef.errors import DataError
from tests.data.databases import pictures, png_datum, raw_datum, write_database


def test_the_directions_are_those_of_the_covariance(tmp_path: Path) -> None:
    images = pictures(6)
    images[:, 2] = images[:, 0] // 2 + images[:, 2] // 4  # blue and red go together
    database = write_database(tmp_path / "db", [f(i) for f, i in zip((raw_datum, png_datum) * 3, images, strict=True)])
    calls: list[tuple[int, int]] = []
    found = colour_components(database, progress=lambda done, total: calls.append((done, total)))
    pixels = images.transpose(0, 2, 3, 1).reshape(-1, 3) / 255
    covariance = np.cov(pixels.T, bias=True)
    np.testing.assert_allclose(covariance @ found.directions.T, found.directions.T * found.variances, atol=1e-12)
    assert (np.diff(found.variances) < 0).all()
    np.testing.assert_allclose(found.directions @ found.directions.T, np.eye(3), atol=1e-12)
    assert (found.directions[np.arange(3), np.abs(found.directions).argmax(1)] > 0).all()
    assert found.images == 6
    assert calls[-1] == (6, 6)


def test_other_channels_are_refused(tmp_path: Path) -> None:
    records = [raw_datum(pictures(1)[0]), raw_datum(pictures(1, channels=1)[0])]
    with pytest.raises(DataError, match="has 1 channels, the first record 3"):
        colour_components(write_database(tmp_path / "db", records))
