from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.data.convert_arrays import convert_arrays, pairs
from netdef.data.lmdb_source import LmdbSource

IMAGES = np.arange(3 * 2 * 4 * 5, dtype=np.uint8).reshape(3, 2, 4, 5)
LABELS = np.array([7, 0, 9], np.uint8)


@pytest.mark.parametrize("digits", [5, 8])
def test_every_image_is_a_record_with_its_number_as_key(tmp_path: Path, digits: int) -> None:
    told: list[tuple[int, int]] = []
    written = convert_arrays(IMAGES, LABELS, tmp_path / "db", lambda *counts: told.append(counts), digits=digits)
    assert (written, told) == (3, [(3, 3)])
    source = LmdbSource(tmp_path / "db")
    for number in range(3):
        record = source.read(number)
        datum = record.datum()
        assert (record.name, datum.label, datum[:3]) == (f"{number:0{digits}d}", LABELS[number], (2, 4, 5))
        assert datum.data == IMAGES[number].tobytes()
    source.close()


def test_pairs_are_drawn_and_labelled() -> None:
    images = np.repeat(np.arange(40, dtype=np.uint8), 6).reshape(40, 1, 2, 3)
    labels = (np.arange(40) % 3).astype(np.uint8)
    both, alike = pairs(images, labels, key=3)
    assert both.shape == (40, 2, 2, 3)
    first, second = both[:, 0, 0, 0], both[:, 1, 0, 0]
    assert np.array_equal(both, np.stack([first, second], axis=1)[:, :, None, None].repeat(2, 2).repeat(3, 3))
    assert alike.tolist() == [int(a % 3 == b % 3) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    assert set(alike.tolist()) == {0, 1}
    assert len(set(first.tolist())) > 15
    assert not np.array_equal(first, second)
    assert np.array_equal(pairs(images, labels, key=3)[0], both)
    assert not np.array_equal(pairs(images, labels, key=4)[0], both)
