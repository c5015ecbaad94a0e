"""Names for the source layers of a net, by which their batches and positions are told apart."""

from __future__ import annotations

from collections.abc import Sequence


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return a name for each layer, no two the same: its own, or where an earlier layer has that, one with a number.

    A net may have two data layers of one name, as its images and their sentences.
    """
    found: list[str] = []
    for name in names:
        found.append(name if name not in found else _numbered(name, {*names, *found}))
    return found


def _numbered(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}#{number}" in taken:
        number += 1
    return f"{name}#{number}"
