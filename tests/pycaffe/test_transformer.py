from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from netdef.errors import UsageError
from netdef.pycaffe.transformer import Transformer

Golden = dict[str, NDArray[np.float64]]


def make() -> Transformer:
    transformer = Transformer({"data": (1, 3, 20, 22)})
    transformer.set_transpose("data", (2, 0, 1))
    return transformer


def test_images_become_inputs_as_in_caffe(golden: Golden) -> None:
    transformer = make()
    transformer.set_channel_swap("data", (2, 1, 0))
    transformer.set_raw_scale("data", 255)
    transformer.set_mean("data", np.array((104, 117, 123)))
    transformer.set_input_scale("data", 1)
    made = transformer.preprocess("data", golden["load_image/0"])
    np.testing.assert_allclose(made, golden["transformer/preprocess"], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(transformer.deprocess("data", made), golden["transformer/deprocess"], atol=1e-5)


def test_a_mean_image_is_subtracted_as_in_caffe(golden: Golden) -> None:
    transformer = make()
    transformer.set_mean("data", golden["transformer2/mean"])
    made = transformer.preprocess("data", golden["load_image/1"])
    np.testing.assert_allclose(made, golden["transformer2/preprocess"], rtol=1e-3, atol=1e-5)


def test_a_mean_of_another_size_is_resized() -> None:
    transformer = make()
    transformer.set_mean("data", np.full((3, 8, 9), 5.0))
    assert transformer.mean["data"].shape == (3, 20, 22)
    assert (transformer.mean["data"] == 5).all()


def test_the_users_array_stays_as_it_is() -> None:
    transformer = make()
    transformer.set_raw_scale("data", 255)
    image = np.ones((20, 22, 3), np.float32)
    assert (transformer.preprocess("data", image) == 255).all()
    assert (image == 1).all()


def test_a_way_there_and_back() -> None:
    transformer = make()
    transformer.set_channel_swap("data", (1, 2, 0))
    transformer.set_mean("data", [1, 2, 3])
    transformer.set_input_scale("data", 0.25)
    image = np.random.default_rng(0).normal(size=(20, 22, 3)).astype(np.float32)
    back = transformer.deprocess("data", transformer.preprocess("data", image)[None])
    np.testing.assert_allclose(back, image, atol=1e-5)


def test_gray_images_need_no_transposition() -> None:
    transformer = Transformer({"data": (4, 1, 5, 6)})
    transformer.set_mean("data", np.full((5, 6), 2.0))
    assert (transformer.preprocess("data", np.full((5, 6), 3.0)) == 1).all()


def test_what_does_not_fit_is_refused() -> None:
    transformer = make()
    with pytest.raises(ValueError, match='the order has 2 axes, an item of input "data" has 3'):
        transformer.set_transpose("data", (1, 0))
    with pytest.raises(ValueError, match='the order has 4 channels, input "data" has 3'):
        transformer.set_channel_swap("data", (3, 2, 1, 0))
    for mean in (np.zeros(2), np.zeros((4, 20, 22)), np.zeros((1, 3, 20, 22))):
        with pytest.raises(ValueError, match='but input "data" has 3 channels'):
            transformer.set_mean("data", mean)
    with pytest.raises(UsageError, match="label is no input of this transformer; it has: data"):
        transformer.preprocess("label", np.zeros(1))
