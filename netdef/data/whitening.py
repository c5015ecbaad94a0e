"""Whitened images: of equal contrast, and without what neighbouring pixels have in common.

Source: Goodfellow et al., "Maxout networks", arXiv 1302.4389, section 5.2, and the authors' Pylearn2 (its numbers).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NO_CONTRAST = 1e-8  # norms below it are of images of one colour, which stay 0
Rows = NDArray[np.float64]
"""Images N×D, D the values of one."""


class Whitening(NamedTuple):
    """What whitens images: the ``norm`` that each gets, the ``mean`` (D) then taken away, and the ``matrix`` (D×D)."""

    norm: float
    mean: NDArray[np.float64]
    matrix: NDArray[np.float64]

    def of(self, images: Rows) -> NDArray[np.float32]:
        """Return whitened images, N×D."""
        return ((of_equal_contrast(images, self.norm) - self.mean) @ self.matrix).astype(np.float32)


def of_equal_contrast(images: Rows, norm: float) -> Rows:
    """Take each image's own mean away and give it the Euclidean norm."""
    images = images - images.mean(1, keepdims=True)
    norms = np.linalg.norm(images, axis=1, keepdims=True)
    images /= np.where(norms / norm < NO_CONTRAST, 1, norms / norm)
    return images


class CovarianceSums:
    """What the whitening of images is learned from, of images that come a few at a time."""

    def __init__(self, norm: float) -> None:
        self._norm = norm
        self._count = 0
        self._total: NDArray[np.float64] = np.zeros(())
        self._products: NDArray[np.float64] = np.zeros(())

    def add(self, images: Rows) -> None:
        """Add images, N×D."""
        images = of_equal_contrast(images, self._norm)
        self._count += len(images)
        self._total = self._total + images.sum(0)
        if not self._products.ndim:
            self._products = np.zeros((images.shape[1],) * 2)
        self._products += images.T @ images

    def whitening(self, bias: float) -> Whitening:
        """Return (covariance + bias · 1)^-½ about the mean: directions of less variance than ``bias`` stay small."""
        mean = self._total / self._count
        covariance = self._products / self._count - np.outer(mean, mean)
        variances, directions = np.linalg.eigh(covariance)
        factors = (np.maximum(variances, 0) + bias) ** -0.5
        return Whitening(self._norm, mean, (directions * factors) @ directions.T)
