from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import netdef.data.whiten
from netdef.data.color_mode import ColorMode
from netdef.data.decode import decode
from netdef.data.every_image import planes
from netdef.data.lmdb_source import LmdbSource
from netdef.data.whiten import learn_whitening, whiten
from netdef.errors import DataError
from tests.data.databases import pictures, png_datum, raw_datum, write_database, write_pictures


def contents(path: Path) -> tuple[np.ndarray, list[int], list[str]]:
    """Return all images of a database, N×D, with labels and keys."""
    source = LmdbSource(path)
    records = [source.read(number) for number in range(len(source))]
    datums = [record.datum() for record in records]
    pixels = np.array([planes(decode(datum, ColorMode.NATIVE)).reshape(-1) for datum in datums])
    found = pixels, [datum.label for datum in datums], [record.name for record in records]
    source.close()
    return found


def test_the_images_of_a_database_are_whitened_by_what_another_taught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netdef.data.whiten, "BLOCK", 4)  # 11 images are two blocks and a rest
    teacher = write_pictures(tmp_path / "teacher", 50, height=3, width=4)
    other = [png_datum(picture, 7 + number) for number, picture in enumerate(pictures(11, height=3, width=4))]
    told: list[tuple[int, int]] = []
    whitening = learn_whitening(teacher, norm=10, bias=0.2, progress=lambda *counts: told.append(counts))
    assert told == [(number, 50) for number in range(1, 51)]
    shape = whiten(write_database(tmp_path / "other", other), tmp_path / "white", whitening)
    pixels, labels, keys = contents(tmp_path / "white")
    assert shape == (3, 3, 4)
    assert labels == list(range(7, 18))
    assert keys[10] == "00000010"
    np.testing.assert_allclose(pixels, whitening.of(pictures(11, height=3, width=4).reshape(11, -1).astype(float)))


def test_what_cannot_be_whitened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = write_pictures(tmp_path / "own", 5, height=3, width=4)
    whitening = learn_whitening(own, norm=10, bias=0.2)
    larger = write_pictures(tmp_path / "larger", 2, height=3, width=5)
    with pytest.raises(DataError, match=r"larger: record 0 .* has 45 values, the images that .* learned from 36"):
        whiten(larger, tmp_path / "white", whitening)
    assert not (tmp_path / "white").exists()
    mixed = [raw_datum(pictures(1, width=width)[0]) for width in (7, 8)]
    with pytest.raises(DataError, match=r"record 1 .*: is 3×9×8, the first record 3×9×7"):
        learn_whitening(write_database(tmp_path / "mixed", mixed), norm=10, bias=0.2)
    monkeypatch.setattr(netdef.data.whiten, "MOST", 35)
    with pytest.raises(DataError, match="has 36 values, 35 at most can be whitened: make the images smaller"):
        learn_whitening(own, norm=10, bias=0.2)
