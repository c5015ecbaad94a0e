"""What a box says when the pointer rests on it: everything, in full."""

from __future__ import annotations

from collections.abc import Iterator

from netdef.draw.diagram import Box
from netdef.draw.facts import cost, losses, options
from netdef.draw.summary import devices
from netdef.draw.words import printable, shape_words


def tooltip(box: Box) -> list[str]:
    """Return all there is to say of a box and the layers in it, line by line."""
    return [line for each in box.with_folded() for line in _lines(each) if line]


def _lines(box: Box) -> Iterator[str]:
    node = box.node
    yield f'layer "{printable(node.name)}" ({node.type}){f", line {node.place.outermost.line}" if node.place else ""}'
    yield ", ".join(options(node))
    yield cost(box.parameters, box.macs)
    yield losses(node)
    yield ", ".join(f"{printable(top.name)}: {shape_words(top.shape)}" for top in node.tops)
    yield f"on {printable(devices(node))}" if devices(node) else ""
    yield f"in {printable(', '.join(node.attributes.groups))}" if node.attributes.groups else ""
    yield box.only and f"only in {box.only}"
