from __future__ import annotations

import numpy as np
import pytest

from netdef.data.decode import Image
from netdef.data.transform import Chances, Cropping, Cut, cut_into
from netdef.errors import DataError

LAST = 2**32 - 1


def test_a_central_crop_rounds_down() -> None:
    crop = Cropping(side=4, random=False, mirror=False)
    assert crop.cut(9, 10, Chances(LAST, LAST, False)) == Cut(2, 3, False)
    assert crop.size(9, 10) == (4, 4)


def test_without_a_crop_the_image_stays_whole() -> None:
    crop = Cropping(side=0, random=True, mirror=True)
    assert crop.cut(9, 10, Chances(5, 6, True)) == Cut(0, 0, True)
    assert crop.size(9, 10) == (9, 10)


def test_a_random_crop_reaches_every_place_and_no_further() -> None:
    crop = Cropping(side=8, random=True, mirror=False)
    assert crop.cut(9, 10, Chances(0, 0, False)) == Cut(0, 0, False)
    assert crop.cut(9, 10, Chances(LAST, LAST, False)) == Cut(1, 2, False)
    cuts = [crop.cut(9, 10, chances) for chances in crop.chances(1, np.arange(3000))]
    counts = np.unique([cut[:2] for cut in cuts], axis=0, return_counts=True)[1]
    assert len(counts) == 2 * 3
    assert np.abs(counts - 500).max() < 80


def test_a_crop_larger_than_the_image_is_refused() -> None:
    with pytest.raises(DataError, match="crop_size is 10, but the image is only 9×12"):
        Cropping(10, random=True, mirror=False).cut(9, 12, Chances(0, 0, False))


def test_half_of_the_records_are_mirrored_in_both_phases() -> None:
    for random in (False, True):
        chances = Cropping(0, random, mirror=True).chances(1, np.arange(4000))
        assert 1850 < sum(chance.mirrored for chance in chances) < 2150


def test_mirroring_does_not_move_the_crop() -> None:
    ordinals = np.arange(50)
    plain = Cropping(8, random=True, mirror=False).chances(1, ordinals)
    mirrored = Cropping(8, random=True, mirror=True).chances(1, ordinals)
    assert [chance[:2] for chance in plain] == [chance[:2] for chance in mirrored]


@pytest.mark.parametrize("shape", [(1, 9, 7, 3), (3, 9, 7, 1), (1, 9, 7, 1), (5, 9, 7, 1)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_the_window_is_cut_and_mirrored(shape: tuple[int, ...], kind: type) -> None:
    image: Image = np.random.default_rng(0).integers(0, 256, shape).astype(kind)
    target: Image = np.zeros((shape[0], 4, 5, shape[3]), kind)
    cut_into(target, image, Cut(3, 1, False))
    assert np.array_equal(target, image[:, 3:7, 1:6])
    cut_into(target, image, Cut(3, 1, True))
    assert np.array_equal(target, image[:, 3:7, 1:6][:, :, ::-1])
