"""What comes to each of several workers that train a net together, in bytes, known before anything runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netdef.draw.exchange import Crossing, size_of, traffic
from netdef.draw.measures import Measures, total
from netdef.graph.graph import Graph, Parameter
from netdef.graph.place_over_workers import place_over_workers
from netdef.graph.plan import Exchange, Piece, Plan, Turn
from netdef.graph.ranges import cut
from netdef.layers.base import FLOAT_BYTES
from netdef.layers.shape import count
from netdef.parallel.ring import ring_bytes

ORDINAL_BYTES = 8


@dataclass(frozen=True)
class Step:
    """Bytes that come to a worker in one step, forward and backward; None is not known.

    ``gradients`` are those of whole layers, added up in a ring, ``blobs`` rows and channels and their gradients,
    ``ordinals`` the numbers of the others' records, by which random draws are the same in all workers.
    """

    gradients: int | None
    blobs: int | None = 0
    ordinals: int | None = 0

    @property
    def all(self) -> int | None:
        """The sum."""
        return total((self.gradients, self.blobs, self.ordinals))


@dataclass(frozen=True)
class WorkerExchange:
    """What each of ``workers`` holds, and is given by the others.

    ``batch`` is how many records each takes in a step, ``blobs`` what comes of each blob for one of them,
    ``held`` and ``parameters`` how many of all learned numbers it has. ``step`` is as the file says, ``replicated`` as
    it would be if each worker had all layers whole.
    """

    workers: int
    batch: int | None
    blobs: list[Crossing]
    held: int | None
    parameters: int | None
    step: Step
    replicated: Step


def worker_exchange(graph: Graph, workers: int) -> WorkerExchange:
    """Count what comes to each of several workers, which take as many records each as the file says.

    Raises: DefinitionError for layers that cannot be split over so many workers.
    """
    plan, measures = place_over_workers(graph, 0, workers), Measures(graph)
    batch, blobs = measures.batch, _crossings(plan, measures.batch)
    known = all(measures.parameters(node) is not None for node in graph.nodes)
    held = [piece for pieces in plan.held.values() for piece in pieces if _is_learned(piece)]
    whole = [Piece(piece.content, None, piece.device) for piece in held]
    common = [piece for piece in held if piece.range is None]
    gradients, of_all = (_gradients(graph, pieces, workers) if known else None for pieces in (common, whole))
    return WorkerExchange(
        workers,
        batch,
        blobs,
        held=_numbers(held) if known else None,
        parameters=_numbers(whole) if known else None,
        step=Step(gradients, _in_a_step(blobs, batch), _ordinals(plan, batch, workers)),
        replicated=Step(of_all),
    )


def _crossings(plan: Plan, batch: int | None) -> list[Crossing]:
    returned = plan.returned()
    workers = next((step.count for step in plan.computes if step.count > 1), 1)
    return [_crossing(step, batch, workers, returns=step.made in returned) for step in plan.exchanges]


def _crossing(step: Exchange, batch: int | None, workers: int, *, returns: bool) -> Crossing:
    """Return what comes of a blob: N - 1 times what one record has of it, or, of own rows, all but one part in N."""
    size, per_item = size_of(step.made.content, None, batch)
    if size is not None:
        size = size * (workers - 1) // (workers if step.turn is Turn.BACK else 1)
    return Crossing(
        step.made.content, None, step.taken.device, step.made.device, size, size if returns else 0, per_item
    )


def _in_a_step(blobs: list[Crossing], batch: int | None) -> int | None:
    sums = traffic(blobs, per_item=True)
    one = total((sums.forward, sums.backward))
    return 0 if not blobs else None if one is None or batch is None else one * batch


def _ordinals(plan: Plan, batch: int | None, workers: int) -> int | None:
    if not any(step.count > 1 for step in plan.computes):
        return 0
    return None if batch is None else ORDINAL_BYTES * batch * (workers - 1)


def _gradients(graph: Graph, pieces: Iterable[Piece], workers: int) -> int | None:
    numbers = _numbers(piece for piece in pieces if _moves(piece) or graph.force_backward)
    return None if numbers is None else ring_bytes(FLOAT_BYTES * numbers, workers)


def _numbers(pieces: Iterable[Piece]) -> int | None:
    return total(None if p.content.shape is None else count(cut(p.content.shape, p.range)) for p in pieces)


def _is_learned(piece: Piece) -> bool:
    return isinstance(piece.content, Parameter) and piece.content.learned


def _moves(piece: Piece) -> bool:
    return isinstance(piece.content, Parameter) and piece.content.lr_mult != 0
