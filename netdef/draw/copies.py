"""The copies between devices as ``netdef summary --json`` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from netdef.draw.exchange import Crossing, traffic

# ``channels`` are the first that is copied and the first behind (None: all are). The bytes are those of one ``image``,
# an item of the batch, or of one ``pass``, whatever its batch: ``per`` tells which. One key is a keyword of Python.
CopySummary = TypedDict(
    "CopySummary",
    {
        "blob": str,
        "from": str,
        "to": str,
        "channels": list[int] | None,
        "bytes_forward": int | None,
        "bytes_backward": int | None,
        "per": str,
    },
)


class CopyTotals(TypedDict):
    """Sums over the copies: those that grow with the batch, for one image, and those that do not."""

    bytes_forward: int | None
    bytes_backward: int | None
    bytes_forward_per_pass: int | None
    bytes_backward_per_pass: int | None


def copy_summary(crossing: Crossing) -> CopySummary:
    """Return one copy."""
    taken = crossing.range
    return {
        "blob": crossing.name,
        "from": crossing.source,
        "to": crossing.target,
        "channels": [taken.start, taken.stop] if taken else None,
        "bytes_forward": crossing.forward,
        "bytes_backward": crossing.backward,
        "per": "image" if crossing.per_item else "pass",
    }


def copy_totals(copied: Sequence[Crossing]) -> CopyTotals:
    """Return the sums."""
    of_items, of_passes = (traffic(copied, per_item=per_item) for per_item in (True, False))
    return CopyTotals(
        bytes_forward=of_items.forward,
        bytes_backward=of_items.backward,
        bytes_forward_per_pass=of_passes.forward,
        bytes_backward_per_pass=of_passes.backward,
    )
