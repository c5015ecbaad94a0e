"""What flows between the devices' parts of layers: each blob of a placed net as the strands that are read of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netdef.draw.exchange import crossings
from netdef.draw.measures import Measures, total
from netdef.draw.words import in_bytes, shape_words
from netdef.graph.graph import Node, Value
from netdef.graph.plan import Piece, Plan, Take
from netdef.graph.ranges import cut


@dataclass(frozen=True)
class Strand:
    """What one part of a layer reads of one part of another.

    ``lines`` tell the shape for one item of the batch and, of what ``crosses``, the bytes forward, ``size``; both are
    nothing where the copy was made for another layer.
    """

    source: str
    target: str
    lines: tuple[str, ...]
    size: int | None = 0

    @property
    def crosses(self) -> bool:
        """Whether it goes from one device to another."""
        return self.source != self.target


class Strands:
    """All strands of a plan: by node and number of the bottom, and of the net's outputs by value."""

    def __init__(self, plan: Plan, measures: Measures) -> None:
        self._measures = measures
        self._made = {
            copy.made: (crossing.source, crossing.forward)
            for copy, crossing in zip(plan.copies, crossings(plan, measures.batch), strict=True)
        }
        self._told: set[Piece] = set()
        self._read: dict[tuple[Node, int], list[Strand]] = {}
        for step in plan.computes:
            for index, takes in enumerate(step.bottoms):
                strands = self._read.setdefault((step.node, index), [])
                strands += [self._strand(take, step.device) for take in takes]
        self._given = {
            value: tuple(self._strand(take, take.piece.device) for take in takes) for value, takes in plan.outputs
        }

    def read(self, node: Node, bottom: int) -> tuple[Strand, ...]:
        """Return what a layer reads of one of its bottoms."""
        return tuple(self._read[node, bottom])

    def given(self, value: Value) -> tuple[Strand, ...]:
        """Return what the net gives away of an output."""
        return self._given.get(value, ())

    def _strand(self, take: Take, device: str) -> Strand:
        piece, shape = take.piece, take.piece.content.shape
        words = shape_words(None if shape is None else self._measures.item(cut(shape, take.range)))
        if piece not in self._made:
            return Strand(piece.device, device, (words,))
        source, size = self._made[piece]
        if piece in self._told:
            return Strand(source, device, ())
        self._told.add(piece)
        return Strand(source, device, (words, in_bytes(size)), size)


def exchanged(strands: Iterable[Strand]) -> int | None:
    """Return the bytes that cross."""
    return total(strand.size for strand in strands)
