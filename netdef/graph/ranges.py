"""Ranges of blobs and parameters; None stands for all of one."""

from __future__ import annotations

from netdef.layers.channels import Range
from netdef.layers.shape import Shape


def covers(outer: Range | None, inner: Range | None) -> bool:
    """Tell whether all of ``inner`` lies in ``outer``."""
    if outer is None or outer == inner:
        return True
    if inner is None or inner.axis != outer.axis:
        return False
    return outer.start <= inner.start and inner.stop <= outer.stop


def common(one: Range | None, other: Range | None) -> Range | None:
    """Return what lies in both ranges, which may be of length 0; ranges of one axis, or all.

    Raises: ValueError for ranges of two axes.
    """
    if one is None or other is None:
        return other if one is None else one
    if one.axis != other.axis:
        raise ValueError(f"{one} and {other} cross")
    start = max(one.start, other.start)
    return Range(one.axis, start, max(start, min(one.stop, other.stop)))


def cut(shape: Shape, taken: Range | None) -> Shape:
    """Return the shape of a range of something."""
    return shape if taken is None else (*shape[: taken.axis], len(taken), *shape[taken.axis + 1 :])
