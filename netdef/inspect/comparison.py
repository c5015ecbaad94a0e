"""How far the arrays of two recordings lie apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from netdef.inspect.recording import Array, Recording


@dataclass(frozen=True)
class Difference:
    """What differs between an array of A and its counterpart in B.

    ``magnitude`` is the largest in either, ``absolute`` the largest difference: infinite where only one side has a
    number, None where the shapes differ.
    """

    name: str
    other: str
    shape: tuple[int, ...]
    other_shape: tuple[int, ...]
    magnitude: float
    absolute: float | None

    @property
    def relative(self) -> float | None:
        """The largest difference, measured by the largest magnitude."""
        if self.absolute is None or self.absolute == 0:
            return self.absolute
        return self.absolute / self.magnitude if math.isfinite(self.absolute) else math.inf

    @property
    def in_batch_only(self) -> bool:
        """Whether the shapes differ in their first length alone."""
        return self.shape != self.other_shape and self.shape[1:] == self.other_shape[1:]

    def exceeds(self, tolerance: float) -> bool:
        """Tell whether the arrays differ by more than ``tolerance`` times their largest magnitude."""
        return self.relative is None or self.relative > tolerance


@dataclass(frozen=True)
class Comparison:
    """The differences of two recordings in A's order, and the names that have no counterpart."""

    tolerance: float
    blobs: tuple[Difference, ...]
    gradients: tuple[Difference, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]

    @property
    def exceeds(self) -> bool:
        """Whether anything differs too much."""
        return bool(self.first_blob or self.first_gradient)

    @property
    def first_blob(self) -> Difference | None:
        """The first blob that differs too much."""
        return self._first(self.blobs)

    @property
    def first_gradient(self) -> Difference | None:
        """The first gradient that differs too much, on the way from the loss down."""
        return self._first(reversed(self.gradients))

    def _first(self, differences: Iterable[Difference]) -> Difference | None:
        return next((difference for difference in differences if difference.exceeds(self.tolerance)), None)


def compare(a: Recording, b: Recording, names: Mapping[str, str], tolerance: float) -> Comparison:
    """Compare arrays of the same name; ``names`` tells what blobs and layers of A are called in B, where it is else."""
    partners = {name: names.get(name, name) for name in a.blobs}
    return Comparison(
        tolerance=tolerance,
        blobs=_differences(a.blobs, b.blobs, partners),
        gradients=_differences(a.gradients, b.gradients, {name: _in_b(name, names) for name in a.gradients}),
        only_a=tuple(name for name, other in partners.items() if other not in b.blobs),
        only_b=tuple(name for name in b.blobs if name not in partners.values()),
    )


def _in_b(gradient: str, names: Mapping[str, str]) -> str:
    layer, _, index = gradient.rpartition("/")
    return f"{names.get(layer, layer)}/{index}"


def _differences(a: Mapping[str, Array], b: Mapping[str, Array], partners: Mapping[str, str]) -> tuple[Difference, ...]:
    return tuple(difference(name, a[name], other, b[other]) for name, other in partners.items() if other in b)


def difference(name: str, a: Array, other: str, b: Array) -> Difference:
    """Compare two arrays; numbers that are none, or infinite, are equal to their like."""
    a, b = (np.asarray(array, np.float64) for array in (a, b))
    absolute = _largest_difference(a, b) if a.shape == b.shape else None
    return Difference(name, other, a.shape, b.shape, max(_magnitude(a), _magnitude(b)), absolute)


def _magnitude(array: Array) -> float:
    return float(np.where(np.isfinite(array), np.abs(array), 0).max(initial=0))


def _largest_difference(a: Array, b: Array) -> float:
    alike = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        apart = np.where(alike, 0, np.abs(a - b))
    return float(np.where(np.isnan(apart), np.inf, apart).max(initial=0))
