"""Random shifts of images' colours along the principal components of the colours of the training set.

Source: Krizhevsky et al. 2012, section 4.1. The paper multiplies by the variance, not by the deviation, so the unit of
the pixels matters: as in the code that others published, variances are those of values 0…1.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netdef.data.paths import resolve
from netdef.data.random import draw, gaussian, make_key
from netdef.errors import DataError, DefinitionError
from netdef.schema import netdef_pb2 as schema
from netdef.schema.bind import read

FULL = 255.0  # the pixel that counts as 1
DRAWS = 4  # numbers of one draw: no image has more channels


class ColourShifts:
    """Draws a shift for each record: 255 · Σ a · variance · component, a from a Gaussian of deviation ``sigma``.

    Raises: DataError if there are no directions, they are no vectors of one length, or their file cannot be read.
    """

    def __init__(self, options: schema.ColourPca, key: int, folder: str | Path | None = None) -> None:
        if bool(options.source) == bool(options.direction):
            found = "both given" if options.source else "missing"
            raise DataError(f"colour_pca: source and direction are {found}: one of them says along what colours vary")
        if not options.sigma >= 0:
            raise DataError(f"colour_pca: sigma is {options.sigma:g}, must not be negative")
        self._key = make_key(key, "colour_pca")
        given = _read(resolve(options.source, folder)) if options.source else options
        self._steps = _steps(given) * np.float64(options.sigma) * FULL

    @property
    def channels(self) -> int:
        """How many channels the images must have."""
        return len(self._steps[0])

    def of(self, ordinals: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the shift of each record, N×C; the same record is shifted the same in every batch of one pass."""
        factors = gaussian(draw(self._key, ordinals))[: len(self._steps)]
        return (factors.T @ self._steps).astype(np.float32)


def _read(path: Path) -> schema.ColourPca:
    try:
        return read(path, schema.ColourPca).message
    except DefinitionError as error:
        raise DataError(f"colour_pca: {error}") from error


def _steps(options: schema.ColourPca) -> NDArray[np.float64]:
    """Return variance · component of each direction, directions × channels."""
    directions = options.direction
    lengths = {len(direction.component) for direction in directions}
    if len(lengths) != 1 or not 0 < max(lengths) <= DRAWS or len(directions) > DRAWS:
        listed = ", ".join(str(len(direction.component)) for direction in directions) or "no directions"
        raise DataError(f"colour_pca: each direction needs one component for each channel, 4 at most; found {listed}")
    return np.array([np.multiply(direction.variance, direction.component) for direction in directions])


def describe(values: NDArray[np.float64], vectors: NDArray[np.float64], title: str) -> str:
    """Return the text of a file: eigenvalues, the largest first, and as rows the eigenvectors that belong to them."""
    lines = [f"# {title}"]
    for variance, vector in zip(values, vectors, strict=True):
        components = " ".join(f"component: {component:.9g}" for component in vector)
        lines.append(f"direction {{ variance: {variance:.9g} {components} }}")
    return "\n".join(lines) + "\n"
