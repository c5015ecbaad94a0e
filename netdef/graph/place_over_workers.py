"""Placement over the workers of a run: layers of which each worker computes some channels, for the records of all.

A worker's blobs are of its own records, as everywhere in data parallelism, but between layers that are split over the
workers they are of all records, and of a range of the channels.

Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks", arXiv 1404.5997, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from netdef.errors import DefinitionError, LayerError, Problem
from netdef.graph.gradients import weighted
from netdef.graph.graph import Graph, Node, Parameter, Value
from netdef.graph.plan import Compute, Exchange, Loss, Piece, Plan, Step, Take, Turn
from netdef.graph.problems import title
from netdef.graph.rows import record_blobs
from netdef.layers.base import Part
from netdef.layers.channels import Range

OWN, ALL = WORKERS_DEVICES = ("own records", "all records")
OF_BATCHES = "take it out of the group, or let it use_global_stats"


def asks_for_workers(graph: Graph) -> bool:
    """Tell whether any layer is to be split over workers."""
    return any(node.attributes.over_workers for node in graph.nodes)


def place_over_workers(graph: Graph, rank: int, count: int) -> Plan:
    """Return the steps of worker ``rank`` of ``count``; its devices are OWN and ALL, one device in truth.

    Raises: DefinitionError for layers that cannot be split over so many workers.
    """
    placing = _Placing(graph, rank, count)
    for node in graph.nodes:
        placing.add(node)
    if placing.problems:
        raise DefinitionError(placing.problems)
    return placing.plan()


@dataclass
class _Blob:
    """Where a blob lies: one piece as it was made, others as they were exchanged."""

    made: Piece
    whole: dict[str, Piece]


class _Placing:
    """One worker's placement."""

    def __init__(self, graph: Graph, rank: int, count: int) -> None:
        self.graph = graph
        self.rank = rank
        self.count = count
        self.of_records = record_blobs(graph)
        self.problems: list[Problem] = []
        self.steps: list[Step] = []
        self.blobs: dict[Value, _Blob] = {}
        self.held: dict[Parameter, tuple[Piece, ...]] = {}

    def add(self, node: Node) -> None:
        part = self._part(node)
        where = OWN if part is None else ALL
        ranges = part or _whole(node)
        bottoms = tuple(self._take(b, r, where) for b, r in zip(node.bottoms, ranges.bottoms, strict=True))
        blobs = tuple(self._hold(node, index, own, where) for index, own in enumerate(ranges.blobs))
        tops = tuple(Piece(value, own, where) for value, own in zip(node.tops, ranges.tops, strict=True))
        index, parts = (0, 1) if part is None else (self.rank, self.count)
        self.steps.append(Compute(node, ranges.layer, index, parts, where, bottoms, blobs, tops, ranges.margin))
        for piece in tops:
            assert isinstance(piece.content, Value)
            self.blobs[piece.content] = _Blob(piece, {where: piece} if piece.range is None else {})

    def _part(self, node: Node) -> Part | None:
        """Return what this worker does of a layer that is split; None for one that each does for its own records."""
        asked = node.attributes.over_workers
        follows = not node.blobs and bool(node.bottoms) and self.blobs[node.bottoms[0]].made.device == ALL
        if asked and node.layer.uses_batch_statistics:
            self._refuse(node, "takes statistics over a batch, which workers that split it would not have", OF_BATCHES)
        if not (asked or follows) or not self._is_rowwise(node):
            return None
        try:
            parts = node.layer.split(self.count, *(bottom.shape or () for bottom in node.bottoms))
        except LayerError as error:
            if asked:
                self._refuse(node, error.message.replace("devices", "workers"), error.hint)
            return None
        return parts[self.rank] if parts and not _learns_together(node, parts[0]) else None

    def _is_rowwise(self, node: Node) -> bool:
        """Tell whether a layer, which is no source, makes of the row of each record one of its own."""
        bottoms = [bottom.shape for bottom in node.bottoms if bottom.shape]
        return self.of_records.issuperset((*node.bottoms, *node.tops)) and node.layer.by_rows(*bottoms)

    def _refuse(self, node: Node, message: str, hint: str) -> None:
        self.problems.append(Problem(f"{title(node.layer.message)}: {message}", node.place, hint))

    def _hold(self, node: Node, index: int, own: Range | None, where: str) -> tuple[Take, ...]:
        parameter = node.blobs[index].parameter
        piece = Piece(parameter, own, where)
        if self.held.setdefault(parameter, (piece,)) != (piece,):
            shared = f'shares blob {index} with layer "{parameter.owner}", but only one of them is split over workers'
            self._refuse(node, shared, "put both into such a group, or none")
        return (Take(piece, own),)

    def _take(self, value: Value, wanted: Range | None, where: str) -> tuple[Take, ...]:
        blob = self.blobs[value]
        if blob.made.device == where and blob.made.range == wanted:
            return (Take(blob.made, wanted),)
        if where not in blob.whole:
            blob.whole[where] = self._exchange(blob.made, where)
        return (Take(blob.whole[where], wanted),)

    def _exchange(self, piece: Piece, where: str) -> Piece:
        made = Piece(piece.content, None, where)
        turn = Turn.ROWS if piece.device == OWN else Turn.CHANNELS if where == ALL else Turn.BACK
        self.steps.append(Exchange(turn, piece, made))
        return made

    def plan(self) -> Plan:
        outputs = tuple((value, self._take(value, None, OWN)) for value in self.graph.outputs)
        counted = weighted(self.graph.nodes)
        losses = tuple(Loss(weight, self._take(top, None, OWN), only) for top, weight, only in counted)
        return Plan(self.graph, (OWN, ALL), tuple(self.steps), self.held, outputs, losses, OWN)


def _whole(node: Node) -> Part:
    none = (None,)
    return Part(node.layer, none * len(node.bottoms), none * len(node.blobs), none * len(node.tops))


def _learns_together(node: Node, part: Part) -> bool:
    """Tell whether all parts of a layer would learn the same parameter, as PReLU's slope for all channels."""
    return any(use.parameter.learned and own is None for use, own in zip(node.blobs, part.blobs, strict=True))
