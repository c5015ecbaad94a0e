from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.data.every_image import check_size, planes, use_every_image
from netdef.data.lmdb_source import LmdbSource
from netdef.errors import DataError
from tests.data.databases import pictures, png_datum, raw_datum, write_database


def test_raw_and_encoded_images_come_as_channels_in_order(tmp_path: Path) -> None:
    images = pictures(4)
    makers = (raw_datum, png_datum) * 2
    records = [make(image, label) for make, image, label in zip(makers, images, range(3, 7), strict=True)]
    source = LmdbSource(write_database(tmp_path / "db", records))
    seen: list[tuple[np.ndarray, int]] = []
    use_every_image(source, "db", lambda image, datum: seen.append((planes(image).copy(), datum.label)))
    source.close()
    assert [label for _, label in seen] == [3, 4, 5, 6]
    np.testing.assert_array_equal([image for image, _ in seen], images)


def test_what_is_refused_is_told_with_its_place(tmp_path: Path) -> None:
    source = LmdbSource(write_database(tmp_path / "db", [raw_datum(image) for image in pictures(2)]))

    def refuse(*_: object) -> None:
        raise DataError("is not to our liking")

    with pytest.raises(DataError, match=r'^place: record 0 "00000000_im": is not to our liking$'):
        use_every_image(source, "place", refuse)
    source.close()


def test_another_size_is_refused() -> None:
    check_size((3, 4, 5), (3, 4, 5))
    with pytest.raises(DataError, match="is 3×4×6, the first record 3×4×5"):
        check_size((3, 4, 6), (3, 4, 5))
