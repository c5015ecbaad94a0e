from __future__ import annotations

import numpy as np
import pytest

from netdef.data.sizing import Sizing, scaled_image, scaled_size
from netdef.schema import netdef_pb2 as schema

LAST = 2**32 - 1


@pytest.mark.parametrize(
    ("size", "expected"), [((4, 7), (6, 10)), ((7, 4), (10, 6)), ((4, 4), (6, 6)), ((9, 8), (6, 6))]
)
def test_the_shorter_side_is_scaled_and_the_longer_rounded_down(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert scaled_size(*size, 6) == expected


@pytest.mark.parametrize("shape", [(1, 4, 7, 3), (3, 4, 7, 1), (1, 4, 7, 1), (5, 4, 7, 1)])
def test_both_layouts_are_scaled_alike(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    scaled = scaled_image(image, 6)
    assert scaled.shape == (shape[0], 6, 10, shape[3])
    if shape[0] > 1:
        turned = scaled_image(np.ascontiguousarray(image.transpose(3, 1, 2, 0)), 6) if shape[0] == 3 else None
        assert turned is None or np.array_equal(turned, scaled.transpose(3, 1, 2, 0))


def test_a_constant_image_stays_constant() -> None:
    assert (scaled_image(np.full((1, 9, 8, 3), 77, np.uint8), 5) == 77).all()


def test_in_training_every_side_of_the_range_is_drawn() -> None:
    options = schema.TransformationParameter(shorter_side_min=5, shorter_side_max=8, crop_size=5)
    sizing = Sizing.of(options, train=True)
    words = np.linspace(0, LAST, 4001).astype(np.int64).tolist()
    assert sorted({sizing.side(word) for word in words}) == [5, 6, 7, 8]
    assert (sizing.side(0), sizing.side(LAST)) == (5, 8)
    assert {Sizing.of(options, train=False).side(word) for word in words} == {6}


def test_one_side_needs_no_draw() -> None:
    options = schema.TransformationParameter(shorter_side_min=5, crop_size=5)
    sizing = Sizing.of(options, train=True)
    assert not sizing.random
    assert sizing.side(LAST) == 5


def test_the_frame_is_black() -> None:
    image = np.random.default_rng(0).integers(1, 256, (3, 4, 5, 1), dtype=np.uint8)
    framed = Sizing(0, 0, False, 2).sized(image, 0)
    assert framed.shape == (3, 8, 9, 1)
    assert np.array_equal(framed[:, 2:6, 2:7], image)
    assert framed.sum() == image.sum()


def test_without_options_the_image_itself_is_returned() -> None:
    image = np.zeros((1, 4, 5, 3), np.uint8)
    assert Sizing.of(schema.TransformationParameter(), train=True).sized(image, 0) is image
