"""How close a number must be to Caffe's: |a - b| <= atol + rtol · max|b|, by family (tests/golden/README.md)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Tolerance(NamedTuple):
    rtol: float
    atol: float


EXACT = Tolerance(0.0, 0.0)
COPIES = Tolerance(1e-6, 1e-7)
NEURONS = Tolerance(1e-5, 1e-6)
SUMS = Tolerance(2e-5, 2e-6)
NETS = Tolerance(5e-5, 2e-6)
SOLVERS = Tolerance(1e-4, 1e-6)

COPYING = (
    "batchreindex concat crop dummydata eltwise embed filter flatten"
    " parameter pooling reshape silence slice split spp tile"
)
SQUASHING = (
    "contrastiveloss euclideanloss hingeloss infogainloss multinomiallogisticloss neuron"
    " sigmoidcrossentropyloss softmax softmaxwithloss"
)
FAMILIES = {
    **dict.fromkeys(["argmax", "accuracy"], EXACT),
    **dict.fromkeys(COPYING.split(), COPIES),
    **dict.fromkeys(SQUASHING.split(), NEURONS),
}


def family(name: str) -> Tolerance:
    return FAMILIES.get(name, SUMS)


def check(what: str, found: ArrayLike, wanted: ArrayLike, tolerance: Tolerance) -> None:
    """Fail with the largest difference, where it is and what is allowed."""
    a, b = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
    assert a.shape == b.shape, f"{what}: shape {a.shape}, Caffe's is {b.shape}"
    if a.size == 0:
        return
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    finite = np.where(np.isfinite(b), np.abs(b), 0)
    allowed = tolerance.atol + tolerance.rtol * finite.max()
    with np.errstate(invalid="ignore"):  # of two infinities
        difference = np.where(same, 0, np.abs(a - b))
    worst = np.unravel_index(np.argmax(difference), a.shape)
    assert (difference <= allowed).all(), (
        f"{what}: {a[worst]:.9g} at {tuple(map(int, worst))}, Caffe's is {b[worst]:.9g}; "
        f"differs by {difference[worst]:.3g}, allowed {allowed:.3g}"
    )
