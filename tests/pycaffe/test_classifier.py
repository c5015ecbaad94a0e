from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import netdef.pycaffe as caffe

Golden = dict[str, NDArray[np.float64]]
MODEL = ("pycaffe/classifier.prototxt", "pycaffe/classifier.caffemodel")


@pytest.mark.parametrize(("key", "oversample"), [("oversample", True), ("center", False)])
def test_predictions_are_those_of_caffe(golden: Golden, key: str, oversample: bool) -> None:
    classifier = caffe.Classifier(
        *MODEL,
        image_dims=(24, 24),
        mean=np.array((10, 20, 30)),
        raw_scale=255,
        channel_swap=(2, 1, 0),
        input_scale=0.02,
    )
    images = [caffe.io.load_image(f"data/images/{name}") for name in golden["meta/files"][:2]]
    found = classifier.predict(images, oversample)
    np.testing.assert_allclose(found, golden[f"classifier/{key}"], rtol=1e-3, atol=1e-5)


@pytest.mark.usefixtures("golden")
def test_without_image_dims_images_become_the_input() -> None:
    classifier = caffe.Classifier(*MODEL)
    image = np.random.default_rng(0).uniform(size=(18, 18, 3)).astype(np.float32)
    whole = classifier.forward_all(data=image.transpose(2, 0, 1)[None])["prob"]
    np.testing.assert_allclose(classifier.predict([image], oversample=False), whole, rtol=1e-5)
    mirrored = classifier.forward_all(data=image[:, ::-1].transpose(2, 0, 1)[None])["prob"]
    np.testing.assert_allclose(classifier.predict([image]), (whole + mirrored) / 2, rtol=1e-4)
