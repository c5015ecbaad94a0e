"""Shapes: tuples of axis lengths, where a length not known yet is None."""

from __future__ import annotations

from collections.abc import Iterable

from netdef.errors import ShapeError

Shape = tuple[int | None, ...]


def count(shape: Iterable[int | None]) -> int | None:
    """Return the product of the lengths (1 for no axes), or None if one is not known."""
    product = 1
    for length in shape:
        if length is None:
            return None
        product *= length
    return product


def show(shape: Shape) -> str:
    """Write a shape for people: ``64×3×227×227``, ``?`` for a length not known, ``()`` for a single number."""
    return "×".join("?" if length is None else str(length) for length in shape) or "()"


def agree(one: int | None, other: int | None) -> bool:
    """Tell whether two lengths may be equal: an unknown one agrees with all."""
    return one is None or other is None or one == other


def compatible(one: Shape, other: Shape) -> bool:
    """Tell whether two shapes may be equal."""
    return len(one) == len(other) and all(map(agree, one, other))


def merge(one: int | None, other: int | None) -> int | None:
    """Return the length of which either side knows more."""
    return other if one is None else one


def canonical_axis(axis: int, axes: int, option: str) -> int:
    """Turn an axis that may count from the end (-1 is the last) into one that counts from 0.

    Raises: ShapeError if a shape of ``axes`` axes has no such axis.
    """
    if not -axes <= axis < axes:
        raise ShapeError(f"{option} is {axis}, but bottom has {_axes(axes)}", path=tuple(option.split(".")))
    return axis % axes


def need_axes(shape: Shape, axes: int, what: str = "bottom") -> None:
    """Refuse a shape that has not exactly ``axes`` axes.

    Raises: ShapeError.
    """
    if len(shape) != axes:
        raise ShapeError(f"{what} has {_axes(len(shape))} ({show(shape)}), must have {axes}")


def _axes(number: int) -> str:
    return "1 axis" if number == 1 else f"{number} axes"
