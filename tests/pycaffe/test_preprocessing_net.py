from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.errors import UsageError
from netdef.pycaffe import TEST, Net
from netdef.pycaffe.preprocessing_net import PreprocessingNet
from tests.pycaffe.conftest import Write
from tests.pycaffe.texts import LEARNER

DEPLOY = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 4 dim: 5 } } }
layer { name: "p" type: "Pooling" bottom: "x" top: "p" pooling_param { pool: AVE global_pooling: true } }
"""


@pytest.fixture
def weights(write: Write, tmp_path: Path) -> Path:
    Net(write(DEPLOY), TEST).save(tmp_path / "w.caffemodel")
    return tmp_path / "w.caffemodel"


def test_images_are_preprocessed_and_run_in_batches(write: Write, weights: Path) -> None:
    options = {"mean": [1, 2, 3], "raw_scale": 10, "input_scale": 0.5, "channel_swap": (2, 1, 0)}
    net = PreprocessingNet(write(DEPLOY), weights, **options)  # type: ignore[arg-type]
    images = np.arange(5)[:, None, None, None] + np.tile([0.0, 0.25, 0.5], (5, 4, 5, 1))
    found = net.predictions(images.astype(np.float32))
    channels = np.array([0.5, 0.25, 0]) * 10 - [1, 2, 3]
    np.testing.assert_allclose(found, 0.5 * (np.arange(5)[:, None] * 10 + channels), rtol=1e-5)
    assert (net.in_, net.transformer.transpose) == ("x", {"x": (2, 0, 1)})


def test_nets_without_an_image_are_refused(write: Write, weights: Path) -> None:
    with pytest.raises(UsageError, match="has 0 inputs, must have one, the image"):
        PreprocessingNet(write(LEARNER), weights)
