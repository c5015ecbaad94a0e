from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from netdef.errors import DataError
from netdef.pycaffe.images import center_crop, load_image, oversample

Golden = dict[str, NDArray[np.float64]]


@pytest.mark.parametrize("index", [0, 1, 2])
def test_images_are_those_of_caffe(golden: Golden, index: int) -> None:
    path = f"data/images/{golden['meta/files'][index]}"
    for key, color in (("load_image", True), ("load_image_gray", False)):
        image = load_image(path, color)
        assert image.dtype == np.float32
        np.testing.assert_allclose(image, golden[f"{key}/{index}"], atol=1e-6)


def test_deep_and_transparent_images(tmp_path: Path) -> None:
    path = str(tmp_path / "image.png")
    pixels = np.arange(2 * 3 * 4, dtype=np.uint16).reshape(2, 3, 4) * 2000
    cv2.imwrite(path, pixels)
    np.testing.assert_allclose(load_image(path), pixels[:, :, 2::-1] / 65535, atol=1e-6)


def test_open_files_and_urls_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3) * 4
    cv2.imwrite(str(path), pixels)
    for source in (BytesIO(path.read_bytes()), path.as_uri(), str(path)):
        np.testing.assert_allclose(load_image(source), pixels[:, :, ::-1] / 255, atol=1e-6)
    with path.open("rb") as file:
        assert load_image(file, color=False).shape == (4, 5, 1)


@pytest.mark.parametrize("content", [b"", b"no pixels"])
def test_an_open_file_that_is_no_image(content: bytes) -> None:
    with pytest.raises(OSError, match="the open file cannot be read"):
        load_image(BytesIO(content))


def test_a_url_that_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.jpg cannot be read \("):
        load_image((tmp_path / "absent.jpg").as_uri())


def test_what_is_no_image_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no pixels")
    for name in ("text.jpg", "absent.jpg"):
        with pytest.raises(DataError, match=f"{name} cannot be read"), warnings.catch_warnings():
            load_image(tmp_path / name)


def test_crops_are_those_of_caffe(golden: Golden) -> None:
    np.testing.assert_array_equal(oversample(golden["oversample/in"], (16, 18)), golden["oversample/out"])


def test_crops_are_corners_centre_and_their_mirrors() -> None:
    image = np.arange(5 * 7).reshape(5, 7, 1)
    crops = oversample([image], (2, 3))
    assert crops.shape == (10, 2, 3, 1)
    assert [int(crop[0, 0, 0]) for crop in crops[:5]] == [0, 4, 21, 25, 1 * 7 + 2]
    np.testing.assert_array_equal(crops[5:], crops[:5, :, ::-1])


def test_the_middle_is_rounded_down() -> None:
    assert center_crop((24, 28), (16, 18)) == (4, 5)
    assert center_crop((5, 7), (2, 3)) == (1, 2)
