"""The boxes that all ways through a net have in common."""

from __future__ import annotations

from collections.abc import Sequence

from netdef.draw.diagram import Arrow, Box


def spine(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> set[int]:
    """Return the file positions of the boxes that no arrow passes by.

    Drawn one below the other they keep a long net of sums in a line: each shortcut ends a little beside its beginning
    otherwise, and forty of them lead to the far side of the picture. Arrows without a gradient, such as a label's, do
    not count.
    """
    ways = [(arrow.tail.position, arrow.head.position) for arrow in arrows if arrow.learning]
    farthest: dict[int, int] = {}
    for tail, head in ways:
        farthest[tail] = max(head, farthest.get(tail, head))
    found, reach = set(), -1
    for box in boxes:
        if reach <= box.position:
            found.add(box.position)
        reach = max(reach, farthest.get(box.position, reach))
    return found
