"""A comparison as a table for people."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from netdef.draw.columns import Column, lined_up
from netdef.draw.words import printable, short
from netdef.inspect.comparison import Comparison, Difference
from netdef.layers.shape import show

LONGEST = 40
MOST_NAMES = 8
_COLUMNS = [Column(heading) for heading in ("", "blob", "layers", "shape")]
_COLUMNS += [Column(heading, numbers=True) for heading in ("magnitude", "difference", "relative")]
Layers = Callable[[str], Sequence[str]]


def text(comparison: Comparison, layers: Layers) -> Iterator[str]:
    """Go through the lines: the blobs, the gradients, what has no counterpart, and the sum of it all.

    ``layers`` tells which layers of A write a blob.
    """
    yield from _table(comparison, comparison.blobs, comparison.first_blob, layers)
    if comparison.gradients:
        yield from ("", "gradients of parameters:")
        yield from _table(comparison, comparison.gradients, comparison.first_gradient, lambda name: ())
    yield ""
    for side, names in (("B", comparison.only_a), ("A", comparison.only_b)):
        if names:
            yield f"not in {side}: {_listed(names)}"
    yield _sum("blobs", comparison.blobs, comparison.tolerance)
    if comparison.gradients:
        yield _sum("gradients", comparison.gradients, comparison.tolerance)


def _table(
    comparison: Comparison, differences: Sequence[Difference], first: Difference | None, layers: Layers
) -> list[str]:
    rows = []
    for found in differences:
        mark = "▶" if found is first else "!" if found.exceeds(comparison.tolerance) else ""
        written = short(printable(", ".join(layers(found.name))), LONGEST)
        numbers = (_number(found.magnitude), _number(found.absolute), _number(found.relative))
        rows.append((mark, _name(found), written, _shapes(found), *numbers))
    filled = [index for index, column in enumerate(_COLUMNS) if column.numbers or any(row[index] for row in rows)]
    return lined_up([_COLUMNS[index] for index in filled], [[row[index] for index in filled] for row in rows])


def _name(found: Difference) -> str:
    names = [found.name] if found.name == found.other else [found.name, found.other]
    return short(printable(" = ".join(names)), LONGEST)


def _shapes(found: Difference) -> str:
    shapes = dict.fromkeys((found.shape, found.other_shape))
    return " | ".join(map(show, shapes))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _sum(what: str, differences: Sequence[Difference], tolerance: float) -> str:
    wrong = sum(found.exceeds(tolerance) for found in differences)
    verdict = f"{wrong} differ by more than" if wrong else "all agree to"
    return f"{what} compared: {len(differences)}, {verdict} {tolerance:g} of the largest magnitude"


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMES
    return printable(", ".join(names[:MOST_NAMES])) + (f" and {rest} more" if rest > 0 else "")


def plain(comparison: Comparison) -> dict[str, object]:
    """Return the comparison as numbers, lists and names; what is no finite number is None."""
    return {
        "tolerance": comparison.tolerance,
        "blobs": [_plain(found, comparison.tolerance) for found in comparison.blobs],
        "gradients": [_plain(found, comparison.tolerance) for found in comparison.gradients],
        "first_blob": comparison.first_blob and comparison.first_blob.name,
        "first_gradient": comparison.first_gradient and comparison.first_gradient.name,
        "only_a": list(comparison.only_a),
        "only_b": list(comparison.only_b),
    }


def _plain(found: Difference, tolerance: float) -> dict[str, object]:
    return {
        "name": found.name,
        "other": found.other,
        "shape": list(found.shape),
        "other_shape": list(found.other_shape),
        "magnitude": found.magnitude,
        "difference": _finite(found.absolute),
        "relative": _finite(found.relative),
        "exceeds": found.exceeds(tolerance),
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
