from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import netdef.pycaffe as caffe
from netdef.errors import UsageError

Golden = dict[str, NDArray[np.float64]]


@pytest.fixture
def detector(golden: Golden) -> caffe.Detector:
    return caffe.Detector(
        "pycaffe/classifier.prototxt",
        "pycaffe/classifier.caffemodel",
        mean=np.array((10, 20, 30)),
        raw_scale=255,
        channel_swap=(2, 1, 0),
        input_scale=0.02,
    )


def test_predictions_are_those_of_caffe(detector: caffe.Detector, golden: Golden) -> None:
    name, windows = f"data/images/{golden['meta/files'][0]}", golden["detector/windows"]
    found = detector.detect_windows([(name, windows)])
    assert [detection["filename"] for detection in found] == [name] * len(windows)
    np.testing.assert_array_equal([detection["window"] for detection in found], windows)
    predictions = [detection["prediction"] for detection in found]
    np.testing.assert_allclose(predictions, golden["detector/prediction"], rtol=1e-3, atol=1e-5)
    assert detector.detect_windows([(name, [])]) == []


def test_a_window_without_context_is_cut_out(detector: caffe.Detector) -> None:
    image = np.arange(40 * 30 * 3, dtype=np.float32).reshape(40, 30, 3)
    np.testing.assert_array_equal(detector.crop(image, (3, 5, 9, 20)), image[3:9, 5:20])


def test_context_lies_around_the_window_and_the_mean_outside_of_the_image(detector: caffe.Detector) -> None:
    detector.configure_crop(3)
    image = np.full((40, 30, 3), 0.5, np.float32)
    inside, corner = detector.crop(image, (10, 8, 21, 19)), detector.crop(image, (0, 0, 11, 11))
    assert inside.shape == corner.shape == (18, 18, 3)
    np.testing.assert_allclose(inside, 0.5, atol=1e-5)
    mean = np.array((30, 20, 10)) / 255  # the image is RGB from 0 to 1, the mean BGR from 0 to 255
    np.testing.assert_allclose(corner[0, 0], mean, rtol=1e-5)
    np.testing.assert_allclose(corner[3:, 3:], 0.5, atol=1e-5)
    assert np.isclose(corner, mean).all(-1).sum() == 18 * 18 - 15 * 15


def test_context_that_leaves_no_room_is_refused(detector: caffe.Detector) -> None:
    side = detector.blobs[detector.inputs[0]].width
    with pytest.raises(UsageError, match=f"context_pad is {side}, must be less than half of the input's width, {side}"):
        detector.configure_crop(side)


def test_windows_outside_of_the_image_are_refused(detector: caffe.Detector) -> None:
    with pytest.raises(UsageError, match=r"the window \(50, 2, 60, 9\) has no pixels of its image, \(40, 30\)"):
        detector.crop(np.zeros((40, 30, 3), np.float32), (50, 2, 60, 9))


def test_proposals_are_the_users_own(detector: caffe.Detector) -> None:
    with pytest.raises(UsageError, match="propose windows by other means and give them to detect_windows"):
        detector.detect_selective_search(["image.jpg"])
