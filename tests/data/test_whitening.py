from __future__ import annotations

import numpy as np
import pytest

from netdef.data.whitening import CovarianceSums, of_equal_contrast


def images(count: int = 400) -> np.ndarray:
    """Return images of 6 values whose neighbours have much in common."""
    draws = np.random.default_rng(3)
    noise = draws.normal(100, 20, (count, 1)) + draws.normal(0, 30, (count, 6))
    return noise + np.roll(noise, 1, axis=1)


def test_each_image_gets_the_mean_0_and_the_norm() -> None:
    even = of_equal_contrast(images(), 55)
    np.testing.assert_allclose(even.mean(1), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(even, axis=1), 55)


def test_an_image_of_one_colour_stays_without_contrast() -> None:
    assert not of_equal_contrast(np.full((2, 6), 7.0), 55).any()


@pytest.mark.parametrize("bias", [0.1, 40.0])
def test_whitened_images_have_no_correlations(bias: float) -> None:
    sums = CovarianceSums(55)
    for block in np.array_split(images(), 3):
        sums.add(block)
    whitening = sums.whitening(bias)
    even = of_equal_contrast(images(), 55)
    covariance = np.cov(even.T, bias=True)
    np.testing.assert_allclose(whitening.mean, even.mean(0), atol=1e-12)
    np.testing.assert_allclose(whitening.matrix, whitening.matrix.T, atol=1e-12)
    np.testing.assert_allclose(
        whitening.matrix @ (covariance + bias * np.eye(6)) @ whitening.matrix, np.eye(6), atol=1e-9
    )
    white = whitening.of(images())
    assert white.dtype == np.float32
    np.testing.assert_allclose(white, (even - even.mean(0)) @ whitening.matrix, rtol=1e-4, atol=1e-5)
